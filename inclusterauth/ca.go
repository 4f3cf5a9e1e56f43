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
	// content is the file's content. A rotation is a change of it.
	content []byte
	pool    *x509.CertPool
	// unusable has one text for each certificate that is not in the pool: which one
	// it is, and why.
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

// parseCA reads every certificate of a bundle. It ignores text between the blocks,
// and blocks of another type. It leaves out a certificate that cannot be parsed:
// bundles are often joined from several sources, and one bad entry must not remove
// trust in the others. A file that is cut off is an error, because it may lack a
// certificate.
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

// splitPEM finds the blocks of certificates. Package pem skips what it cannot read,
// which would hide that something is missing.
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

// holdsCertificate is true for a damaged first line too, because the block may be a
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

// name says where in the file the certificate is, and its subject if that can be
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
