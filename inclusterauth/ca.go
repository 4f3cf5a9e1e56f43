package inclusterauth

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// roots are the certificates of a CA file.
type roots struct {
	// content is the content of the file, by which a rotation is noticed.
	content []byte
	pool    *x509.CertPool
	// unusable says of each certificate that is not in the pool which one it is, and why.
	unusable []string
}

func readCA(path string) (*roots, error) {
	content, problem, err := readFile(path, maxCABytes)
	if err != nil {
		return nil, &CAError{path, problem, err}
	}
	r, err := parseCA(content)
	if err != nil {
		return nil, &CAError{path, FileMalformed, err}
	}
	return r, nil
}

// parseCA reads every certificate of a bundle. Text between the blocks and blocks
// of another type are passed over. A certificate that cannot be parsed is left out:
// bundles are often put together from several sources, and what one of them adds
// must not keep the others from being trusted. A file that is cut off is an error,
// because nobody knows what it should hold.
func parseCA(content []byte) (*roots, error) {
	blocks, err := splitPEM(content)
	if err != nil {
		return nil, err
	}
	r := &roots{content: content, pool: x509.NewCertPool()}
	for i, block := range blocks {
		certificate, err := block.parse()
		if err != nil {
			r.unusable = append(r.unusable, fmt.Sprintf("certificate %d of %d (%s): %s", i+1, len(blocks), block.name(), err))
			continue
		}
		r.pool.AddCert(certificate)
	}
	switch len(blocks) {
	case 0:
		if kind := contentKind(content); kind != "" {
			return nil, errors.New("it holds " + kind + ", and no certificate in PEM form")
		}
		return nil, errors.New("it holds no certificate in PEM form")
	case len(r.unusable):
		return nil, errors.New("none of its certificates can be parsed: " + r.summary())
	}
	return r, nil
}

// warn says which certificates of the file are not trusted.
func (r *roots) warn(logger *slog.Logger, path string) {
	if len(r.unusable) > 0 {
		logger.Warn("certificates in the CA bundle cannot be parsed and are not trusted; the others are", "file", path, "unusable", r.summary())
	}
}

// summary names a few of the certificates that cannot be parsed.
func (r *roots) summary() string {
	const most = 5
	if more := len(r.unusable) - most; more > 0 {
		return fmt.Sprintf("%s; and %d more", strings.Join(r.unusable[:most], "; "), more)
	}
	return strings.Join(r.unusable, "; ")
}

// pemBlock is a certificate's block in a file, from its first line to its last.
type pemBlock struct {
	// line is the number of the first line.
	line int
	text []byte
}

const (
	pemBegin = "-----BEGIN "
	pemEnd   = "-----END "
	pemTail  = "-----"
)

// splitPEM finds the blocks of certificates. The decoder of package pem steps over
// what it cannot read, and so would not show that something is missing.
func splitPEM(content []byte) ([]pemBlock, error) {
	var blocks []pemBlock
	var block pemBlock
	begun, whole, number := 0, 0, 0
	inside := false
	for line := range bytes.Lines(content) {
		number++
		// Windows writes a byte order mark, and YAML indents.
		line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff")))
		if bytes.HasPrefix(line, []byte(pemBegin)) {
			begun++
			inside = true
			block = pemBlock{line: number}
		}
		if inside {
			block.text = append(append(block.text, line...), '\n')
		}
		if !bytes.HasPrefix(line, []byte(pemEnd)) || !bytes.HasSuffix(line, []byte(pemTail)) {
			continue
		}
		if !inside {
			return nil, fmt.Errorf("line %d ends a PEM block that does not begin: the file is damaged or cut off", number)
		}
		inside = false
		whole++
		if block.holdsCertificate() {
			blocks = append(blocks, block)
		}
	}
	if begun != whole {
		return nil, fmt.Errorf("%d of its PEM blocks begin and %d are whole: the file is damaged or cut off", begun, whole)
	}
	return blocks, nil
}

// holdsCertificate is true for a damaged first line too, as that may be one of a
// certificate.
func (b pemBlock) holdsCertificate() bool {
	first, _, _ := strings.Cut(string(b.text), "\n")
	kind, isWhole := strings.CutSuffix(strings.TrimPrefix(first, pemBegin), pemTail)
	return !isWhole || kind == "CERTIFICATE"
}

func (b pemBlock) parse() (*x509.Certificate, error) {
	decoded, _ := pem.Decode(b.text)
	if decoded == nil {
		return nil, errors.New("its PEM block is damaged")
	}
	certificate, err := x509.ParseCertificate(decoded.Bytes)
	if err != nil {
		return nil, errors.New(plain(err.Error()))
	}
	return certificate, nil
}

// name says where the certificate is in the file, and whose it is where that can be
// read.
func (b pemBlock) name() string {
	name := fmt.Sprintf("line %d", b.line)
	if decoded, _ := pem.Decode(b.text); decoded != nil {
		if subject := subjectOf(decoded.Bytes); subject != "" {
			name += ", subject " + subject
		}
	}
	return name
}
