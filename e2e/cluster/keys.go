package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"time"
)

// UseCertificate gives the API server a new certificate from an authority. A running
// server uses it within about a second.
func (c *Cluster) UseCertificate(ca *Authority, hosts ...string) error {
	cert, key, err := ca.Issue(hosts...)
	if err != nil {
		return err
	}
	// The server reads both files when either changes, and waits for the next change
	// if they do not match.
	if err := replaceFile(c.path("serving.key"), key); err != nil {
		return err
	}
	return replaceFile(c.path("serving.crt"), cert)
}

// Trust makes [Cluster.Ask] and kubectl trust only these authorities. The API
// server's certificate may no longer be from [Cluster.CA].
func (c *Cluster) Trust(authorities ...*Authority) error {
	pool, bundle := x509.NewCertPool(), []byte(nil)
	for _, a := range authorities {
		pool.AddCert(a.cert)
		bundle = append(bundle, a.PEM...)
	}
	c.client.Store(&http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		// Each request has its own connection, because the certificate may change.
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
	}})
	return replaceFile(c.path("ca.crt"), bundle)
}

// makeKeys makes the authority and writes all keys, or takes those of another
// cluster.
func (c *Cluster) makeKeys() error {
	if c.options.Like != nil {
		return c.copyKeys(c.options.Like)
	}
	ca, err := NewAuthority("kreconcile e2e")
	if err != nil {
		return err
	}
	c.CA = ca
	if err := c.writeKeys(); err != nil {
		return err
	}
	if err := c.Trust(ca); err != nil {
		return err
	}
	return c.UseCertificate(ca, Hosts()...)
}

// copyKeys makes the clients of another cluster clients of this one.
func (c *Cluster) copyKeys(from *Cluster) error {
	for _, name := range []string{"serving.crt", "serving.key", "service-account.key", "service-account.pub", "tokens.csv", "ca.crt"} {
		content, err := os.ReadFile(from.path(name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.path(name), content, 0o600); err != nil {
			return err
		}
	}
	c.CA, c.adminToken, c.UserToken = from.CA, from.adminToken, from.UserToken
	c.client.Store(from.client.Load())
	return nil
}

func (c *Cluster) writeKeys() error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	privateDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	publicDER, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return err
	}
	c.adminToken, c.UserToken = rand.Text(), rand.Text()
	for name, content := range map[string][]byte{
		"service-account.key": encodePEM("PRIVATE KEY", privateDER),
		"service-account.pub": encodePEM("PUBLIC KEY", publicDER),
		"tokens.csv":          []byte(c.adminToken + ",admin,admin,system:masters\n" + c.UserToken + ",somebody,somebody\n"),
	} {
		if err := os.WriteFile(c.path(name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
