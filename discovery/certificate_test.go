package discovery_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// TestCertificateThatCannotBeUsed: the certificate is to blame, and not the network; asking
// again changes nothing.
func TestCertificateThatCannotBeUsed(t *testing.T) {
	authority, err := apitest.NewAuthority("ca")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := authority.IssueFor(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	chain := func(certificates ...[]byte) *tls.Certificate {
		return &tls.Certificate{Certificate: certificates, PrivateKey: key}
	}
	// issued holds that public key, or the server's own.
	issued := func(public crypto.PublicKey, adjust ...func(*x509.Certificate)) *tls.Certificate {
		if public == nil {
			public = key.Public()
		}
		der, err := authority.IssueFor(public, adjust...)
		if err != nil {
			t.Fatal(err)
		}
		return chain(der)
	}
	extension := func(critical bool, value []byte, id ...int) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier(id), Critical: critical, Value: value})
		}
	}
	otherKey, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	modulus := func(bits uint) *rsa.PublicKey {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
	}
	const (
		cannot = "the certificate of ADDRESS cannot be used: "
		parse  = cannot + "failed to parse certificate from server: "
		verify = "failed to verify certificate: "
	)
	tests := []struct {
		name        string
		certificate *tls.Certificate
		version     uint16
		message     string
	}{
		{"negative serial number", chain(apitest.NegativeSerial(der)), 0, parse + "negative serial number"},
		{"negative serial number over TLS 1.2", chain(apitest.NegativeSerial(der)), tls.VersionTLS12, parse + "negative serial number"},
		{"negative serial number of an intermediate one", chain(der, apitest.NegativeSerial(authority.Certificate.Raw)), 0, parse + "negative serial number"},
		{"cut off", chain(der[:len(der)/2]), 0, parse + "malformed certificate"},
		{"empty", chain([]byte{}), 0, parse + "malformed certificate"},
		{"in PEM", chain(authority.CA()), 0, parse + "malformed certificate"},
		{"two in one", chain(append(bytes.Clone(der), der...)), 0, parse + "trailing data"},
		{"a broken extension", issued(nil, extension(false, []byte{1}, 2, 5, 29, 17)), 0, parse + "invalid subject alternative names"},
		{"an unknown critical extension", issued(nil, extension(true, []byte{5, 0}, 1, 3, 6, 1, 4, 1, 99999, 1)), 0, verify + "unhandled critical extension"},
		{"none", chain(), 0, cannot + "received empty certificates message"},
		{
			"none over TLS 1.2", chain(), tls.VersionTLS12,
			cannot + "received unexpected handshake message of type certificate when waiting for certificate",
		},
		{"of another key", issued(otherP256(t)), 0, cannot + "invalid signature by the server certificate: ECDSA verification failure"},
		{"of another key over TLS 1.2", issued(otherP256(t)), tls.VersionTLS12, cannot + "invalid signature by the server certificate: ECDSA verification failure"},
		{"P-224", issued(otherKey.Public()), 0, cannot + "certificate used with invalid signature algorithm"},
		{"RSA, 16384 bits", issued(modulus(16384)), 0, cannot + "server sent certificate containing RSA key larger than 8192 bits"},
		{"RSA, 512 bits", issued(modulus(512)), 0, cannot + "certificate used with invalid signature algorithm"},
		{"RSA over TLS 1.2", issued(modulus(2048)), tls.VersionTLS12, cannot + "invalid signature by the server certificate: expected an ECDSA public key, got an RSA key"},
		{
			"signed with SHA-1", issued(nil, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }), 0,
			verify + "certificate signed by unknown authority (possibly because of \"cannot verify signature: insecure algorithm ECDSA-SHA1\" while trying to verify candidate authority certificate \"ca\")",
		},
		{
			"a common name alone", issued(nil, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses, c.Subject.CommonName = nil, nil, "127.0.0.1" }), 0,
			verify + "certificate relies on legacy Common Name field, use SANs instead",
		},
		{
			"for clients", issued(nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), 0,
			verify + "certificate specifies an incompatible key usage",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.SignedBy(authority))
			server.AlwaysConnection(apitest.TLS(func(c *tls.Config) { c.MaxVersion = test.version }))
			server.SetCertificate(*test.certificate)
			a := ask(t, server)
			s := a.fetch(discovery.Needs{Version: true})
			checkFailure(t, s.Version.Failure, discovery.Certificate, "GET /version: "+strings.ReplaceAll(test.message, "ADDRESS", a.Base.Host))
			checkCause(t, s.Version.Failure, discovery.CertificateUnusable)
			if len(a.waits) != 0 || len(server.Requests()) != 0 {
				t.Errorf("waits %v, requests %s", a.waits, server.DumpRequests())
			}
		})
	}
}

func otherP256(t *testing.T) crypto.PublicKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key.Public()
}

// TestConstrainedAuthority: a CA that may not sign for the name of the server.
func TestConstrainedAuthority(t *testing.T) {
	_, network, err := net.ParseCIDR("10.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	authority, err := apitest.NewAuthority("ca", func(c *x509.Certificate) { c.PermittedIPRanges = []*net.IPNet{network} })
	if err != nil {
		t.Fatal(err)
	}
	server := apitest.New(t, apitest.Stock(), apitest.SignedBy(authority))
	a := ask(t, server)
	f := a.fetch(discovery.Needs{Version: true}).Version.Failure
	const message = "GET /version: failed to verify certificate: a root or intermediate certificate is not authorized to sign for this name: "
	if f == nil || f.Code != discovery.Certificate || !strings.HasPrefix(f.Message, message) || len(a.waits) != 0 {
		t.Errorf("failure %v, waits %v", f, a.waits)
	}
	checkCause(t, f, discovery.CertificateUnusable)
}
