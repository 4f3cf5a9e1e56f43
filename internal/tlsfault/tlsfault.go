package tlsfault

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"time"
)

// Fault is what is wrong with a server's certificate. The empty Fault means nothing.
type Fault string

// The faults.
const (
	// Untrusted: no trusted authority signed it.
	Untrusted Fault = "untrusted"
	// OtherName: it is for other names and addresses.
	OtherName Fault = "other-name"
	// Expired: it is no longer valid.
	Expired Fault = "expired"
	// NotYetValid: it is not valid yet.
	NotYetValid Fault = "not-yet-valid"
	// Unusable: no other authority, name or time would help.
	Unusable Fault = "unusable"
)

// Of returns the fault of the certificate that err is about, and none for any other
// error and for nil. now decides whether a certificate outside its time is expired or
// not yet valid.
func Of(err error, now time.Time) Fault {
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		if len(wrong.Certificate.DNSNames)+len(wrong.Certificate.IPAddresses) == 0 {
			return Unusable
		}
		return OtherName
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return ofInvalid(invalid, now)
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		if why, _ := SameName(unknown); strings.Contains(why, "insecure algorithm") {
			return Unusable
		}
		return Untrusted
	}
	if failed, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		if is[x509.UnhandledCriticalExtension](failed) || is[x509.InsecureAlgorithmError](failed) {
			return Unusable
		}
		return Untrusted
	}
	if IsUnparsable(err) {
		return Unusable
	}
	return ""
}

func ofInvalid(invalid x509.CertificateInvalidError, now time.Time) Fault {
	switch invalid.Reason {
	case x509.Expired:
		if now.Before(invalid.Cert.NotBefore) {
			return NotYetValid
		}
		return Expired
	case x509.IncompatibleUsage, x509.CANotAuthorizedForThisName, x509.NameConstraintsWithoutSANs:
		return Unusable
	}
	return Untrusted
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// IsUnparsable reports whether the server sent no certificate, or one that allows no
// handshake, because it cannot be parsed or its key cannot be used. Package tls has
// no types for these errors, but says "certificate" in each of them:
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
func IsUnparsable(err error) bool {
	// An alert from the server is about the client's certificate.
	if err == nil || is[*net.OpError](err) || is[*tls.CertificateVerificationError](err) {
		return false
	}
	about, ok := strings.CutPrefix(Innermost(err).Error(), "tls: ")
	return ok && strings.Contains(about, "certificate")
}

// SameName reports whether a trusted authority has the issuer's name, and why it is
// not the one that signed. Package x509 says both only as text.
func SameName(unknown x509.UnknownAuthorityError) (why string, found bool) {
	_, why, _ = strings.Cut(unknown.Error(), `(possibly because of "`)
	why, _, found = strings.Cut(why, `" while trying to verify candidate authority certificate `)
	return why, found
}

// Innermost returns the error that all others wrap. err must not be nil.
func Innermost(err error) error {
	for next := err; next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}

// Plain removes prefixes that name a part of the standard library.
func Plain(text string) string {
	return strings.NewReplacer(
		"remote error: tls: ", "the server refuses TLS: ",
		"tls: first record does not look like a TLS handshake", "what answers there does not speak TLS",
		"x509: ", "", "tls: ", "", "net/http: ", "", "http2: ", "", "http: ", "",
		"*rsa.PublicKey", "an RSA key", "*ecdsa.PublicKey", "an ECDSA key", "ed25519.PublicKey", "an Ed25519 key",
		"*tls.certificateMsg", "certificate",
	).Replace(text)
}
