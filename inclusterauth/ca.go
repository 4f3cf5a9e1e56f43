package inclusterauth

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// readCA gives the content of the file too, by which a rotation is noticed.
func readCA(path string) ([]byte, *x509.CertPool, error) {
	content, problem, err := readFile(path, maxCABytes)
	if err != nil {
		return nil, nil, &CAError{path, problem, err}
	}
	pool, err := parseCA(content)
	if err != nil {
		return nil, nil, &CAError{path, FileMalformed, err}
	}
	return content, pool, nil
}

// parseCA reads every certificate of a bundle. Text between the blocks and blocks
// of another type are passed over; a certificate that cannot be read is an error,
// because a bundle that is cut short would otherwise trust less than it says.
func parseCA(content []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	blocks, certificates := 0, 0
	for rest := content; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		blocks++
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d of the bundle cannot be read: %w", certificates+1, err)
		}
		pool.AddCert(certificate)
		certificates++
	}
	// The decoder steps over what it cannot read, so what begins is counted.
	if begun := countBegun(content); begun != blocks {
		return nil, fmt.Errorf("%d of its PEM blocks begin and %d are whole: the file is damaged or cut off", begun, blocks)
	}
	if certificates == 0 {
		return nil, errors.New("it holds no certificate in PEM form")
	}
	return pool, nil
}

func countBegun(content []byte) int {
	n := 0
	for line := range bytes.Lines(content) {
		if bytes.HasPrefix(line, []byte("-----BEGIN ")) {
			n++
		}
	}
	return n
}
