package discovery

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
)

// isCertificate tells whether the certificate of the server does not verify.
func isCertificate(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok
}

// isUnusableCertificate tells whether the server sent no certificate, or one with which
// no handshake is possible, because it cannot be parsed or its key cannot be used. Package
// tls has no types for these errors, but says "certificate" in each of them:
//
//	tls: failed to parse certificate from server: x509: …
//	tls: received empty certificates message
//	tls: received unexpected handshake message of type *tls.certificateMsg when waiting for *tls.certificateMsg
//	tls: server's certificate contains an unsupported type of public key: …
//	tls: server sent certificate containing RSA key larger than 8192 bits
//	tls: server certificate contains incorrect key type for selected ciphersuite
//	tls: certificate used with invalid signature algorithm
//	tls: invalid signature by the server certificate: …
//
// Source: https://github.com/golang/go/tree/go1.26.0/src/crypto/tls
func isUnusableCertificate(err error) bool {
	// An alert of the server is about what it was sent.
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return false
	}
	about, ok := strings.CutPrefix(innermost(err).Error(), "tls: ")
	return ok && strings.Contains(about, "certificate")
}

// innermost gives the error that all others wrap.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
