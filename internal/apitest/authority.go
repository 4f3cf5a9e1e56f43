package apitest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"
)

// Authority signs certificates of servers.
type Authority struct {
	// Certificate is the authority's own certificate.
	Certificate *x509.Certificate

	key *ecdsa.PrivateKey
	pem []byte
}

// NewAuthority makes an authority whose certificate has that common name and is valid
// for the next 24 hours. adjust may change the certificate before it is signed.
func NewAuthority(name string, adjust ...func(*x509.Certificate)) (*Authority, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	for _, f := range adjust {
		f(template)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("apitest: %w", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("apitest: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("apitest: %w", err)
	}
	return &Authority{certificate, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, nil
}

// CA returns the authority's own certificate, in PEM.
func (a *Authority) CA() []byte { return slices.Clone(a.pem) }

// Pool returns a pool with only this authority.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.Certificate)
	return pool
}

// Issue makes a server certificate for 127.0.0.1, ::1 and localhost, valid as long as
// the authority's. adjust may change it before it is signed.
func (a *Authority) Issue(adjust ...func(*x509.Certificate)) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("apitest: %w", err)
	}
	der, err := a.IssueFor(key.Public(), adjust...)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// IssueFor makes a server certificate like [Authority.Issue], for the caller's own
// key, and returns it in DER.
func (a *Authority) IssueFor(public crypto.PublicKey, adjust ...func(*x509.Certificate)) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "kube-apiserver"},
		NotBefore: a.Certificate.NotBefore, NotAfter: a.Certificate.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	For("127.0.0.1", "::1", "localhost")(template)
	for _, f := range adjust {
		f(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.Certificate, public, a.key)
	if err != nil {
		return nil, fmt.Errorf("apitest: %w", err)
	}
	return der, nil
}

// For makes the certificate valid for only these names and addresses.
func For(names ...string) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.DNSNames, c.IPAddresses = nil, nil
		for _, name := range names {
			if ip := net.ParseIP(name); ip != nil {
				c.IPAddresses = append(c.IPAddresses, ip)
			} else {
				c.DNSNames = append(c.DNSNames, name)
			}
		}
	}
}

// Expired makes the certificate one that has expired before now.
func Expired(now time.Time) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = now.Add(-2*time.Minute), now.Add(-time.Minute)
	}
}

// NotYetValid makes the certificate one that becomes valid after now.
func NotYetValid(now time.Time) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.NotBefore = now.Add(time.Minute) }
}

// NegativeSerial returns a certificate of an [Authority], or one that it issued, with
// a serial number below zero. Some CAs issue such certificates, and package x509
// neither makes nor parses them. The signature is no longer valid.
func NegativeSerial(der []byte) []byte {
	// The version is before the serial number, which has one byte here.
	before := []byte{0xa0, 3, 2, 1, 2, 2, 1}
	at := bytes.Index(der, before) + len(before)
	if at < len(before) || at >= len(der) {
		panic("apitest: the certificate has no serial number of one byte")
	}
	changed := slices.Clone(der)
	changed[at] |= 0x80
	return changed
}
