package inclusterauth

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/internal/tlsfault"
)

// CertificateError says that the server's certificate does not verify against the CA
// bundle. The bundle was read again before the client gave up. No request was sent.
type CertificateError struct {
	// Server is scheme://host:port of the base URL.
	Server string
	// CAFile is the file of the CA bundle. No other roots are trusted.
	CAFile string
	// Proxy is the host and port of the proxy on the way, and "" if there is none.
	Proxy string
	// EnvironmentHost is KUBERNETES_SERVICE_HOST, which every cluster's certificate
	// covers. It is "" if that is not set or is not a host.
	EnvironmentHost string
	// LocalTime is the local clock when verification failed.
	LocalTime time.Time
	// Err holds a *tls.CertificateVerificationError, which wraps the error of package
	// x509.
	Err error
}

func (e *CertificateError) Error() string { return "certificate of " + e.Server + ": " + e.fault() }

// Unwrap returns Err.
func (e *CertificateError) Unwrap() error { return e.Err }

// ThroughProxy reports whether the connection went through a proxy, which may have
// answered with a certificate of its own.
func (e *CertificateError) ThroughProxy() bool { return e.Proxy != "" }

// fault says what is wrong with the certificate, and what would be right if that is
// known.
func (e *CertificateError) fault() string {
	if wrong, ok := errors.AsType[x509.HostnameError](e.Err); ok {
		return e.wrongName(wrong)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](e.Err); ok && invalid.Reason == x509.Expired {
		return e.wrongTime(invalid.Cert)
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](e.Err); ok {
		return e.wrongAuthority(unknown)
	}
	return strings.TrimPrefix(plain(e.Err.Error()), "failed to verify certificate: ")
}

func (e *CertificateError) wrongName(wrong x509.HostnameError) string {
	const most = 20
	var names []string
	names = append(names, wrong.Certificate.DNSNames...)
	for _, address := range wrong.Certificate.IPAddresses {
		names = append(names, address.String())
	}
	if len(names) == 0 {
		return "it holds no subject alternative name, so that no name or address fits it; issue it again with one"
	}
	if more := len(names) - most; more > 0 {
		names = append(names[:most], fmt.Sprintf("%d more", more))
	}
	text := "it is not valid for " + wrong.Host + "; it is valid for " + strings.Join(names, ", ")
	if e.EnvironmentHost != "" && e.EnvironmentHost != wrong.Host {
		text += "; a cluster promises a certificate for " + e.EnvironmentHost + ", the host in " + hostVariable
	}
	return text
}

func (e *CertificateError) wrongTime(c *x509.Certificate) string {
	whose := "it"
	if failed, ok := errors.AsType[*tls.CertificateVerificationError](e.Err); ok &&
		(len(failed.UnverifiedCertificates) == 0 || !failed.UnverifiedCertificates[0].Equal(c)) {
		whose = "the certificate of its issuer " + shortened(c.Subject.String())
	}
	clock := ", and the local clock says " + rfc3339(e.LocalTime)
	if e.LocalTime.Before(c.NotBefore) {
		return whose + " is not valid before " + rfc3339(c.NotBefore) + clock
	}
	return whose + " expired on " + rfc3339(c.NotAfter) + clock
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (e *CertificateError) wrongAuthority(unknown x509.UnknownAuthorityError) string {
	bundle := "the CA bundle in " + e.CAFile + ", the only one that is trusted"
	text := "it is signed by an authority that is not in " + bundle
	if c := unknown.Cert; c != nil && c.Issuer.String() != "" {
		issuer := shortened(c.Issuer.String())
		why, candidate := tlsfault.SameName(unknown)
		switch {
		case candidate && strings.Contains(why, "verification "):
			text = "it is signed by " + issuer + ", and " + bundle +
				", holds an authority of that name with another key, as that of another cluster is"
		case candidate:
			text = "it is signed by " + issuer + ", which is in " + e.CAFile + ", but " + plain(why)
		case c.Issuer.String() == c.Subject.String():
			text = "it is signed by itself (" + issuer + "), and not in " + bundle
		default:
			text = "it is signed by " + issuer + ", which is not in " + bundle
		}
	}
	if e.Proxy != "" {
		text += "; the connection went through the proxy " + e.Proxy + ", which may have answered with a certificate of its own: " +
			"add the server to NO_PROXY if it is reached without a proxy"
	}
	return text
}

// plain removes prefixes that name a part of the standard library.
func plain(text string) string { return tlsfault.Plain(text) }
