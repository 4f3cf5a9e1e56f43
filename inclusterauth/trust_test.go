package inclusterauth

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

func TestCertificateRefused(t *testing.T) {
	ca, other := newAuthority(t, "cluster"), newAuthority(t, "other")
	// The clock of the test is wrong on purpose.
	now := time.Now().Add(10 * time.Minute).Truncate(time.Second)
	stamp := func(d time.Duration) string { return now.Add(d).UTC().Format(time.RFC3339) }
	const promise = "; a cluster promises a certificate for 127.0.0.1, the host in KUBERNETES_SERVICE_HOST"
	tests := []struct {
		name   string
		issuer *authority
		adjust func(*x509.Certificate)
		// toName connects to localhost, which is not the host of the environment.
		toName     bool
		serverName string
		envHost    string
		// message is the text of the error after the server; CAFILE is the CA's path.
		message string
	}{
		{
			name: "another CA", issuer: other,
			message: "it is signed by CN=other, which is not in the CA bundle in CAFILE, the only one that is trusted",
		},
		{
			name: "its own authority", issuer: other,
			adjust:  func(c *x509.Certificate) { c.Subject = pkix.Name{CommonName: "other"} },
			message: "it is signed by itself (CN=other), and not in the CA bundle in CAFILE, the only one that is trusted",
		},
		{
			name: "another CA with the same name", issuer: newAuthority(t, "cluster"),
			message: "it is signed by CN=cluster, and the CA bundle in CAFILE, the only one that is trusted, " +
				"holds an authority of that name with another key, as that of another cluster is",
		},
		{
			name: "expired shows the local clock", issuer: ca,
			adjust:  func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Minute) },
			message: "it expired on " + stamp(-time.Minute) + ", and the local clock says " + stamp(0),
		},
		{
			name: "not yet valid shows the local clock", issuer: ca,
			adjust:  func(c *x509.Certificate) { c.NotBefore = now.Add(time.Minute) },
			message: "it is not valid before " + stamp(time.Minute) + ", and the local clock says " + stamp(0),
		},
		{
			name: "IP endpoint without IP SAN", issuer: ca,
			adjust:  func(c *x509.Certificate) { c.IPAddresses = nil },
			message: "it is not valid for 127.0.0.1; it is valid for kubernetes, localhost",
		},
		{
			name: "name not in the certificate", issuer: ca, toName: true,
			adjust:  func(c *x509.Certificate) { c.DNSNames = []string{"kubernetes"} },
			message: "it is not valid for localhost; it is valid for kubernetes, 127.0.0.1" + promise,
		},
		{
			name: "many names are not all shown", issuer: ca,
			adjust: func(c *x509.Certificate) {
				c.DNSNames, c.IPAddresses = nil, nil
				for i := range 30 {
					c.DNSNames = append(c.DNSNames, fmt.Sprintf("n%d", i))
				}
			},
			message: "it is not valid for 127.0.0.1; it is valid for n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15, n16, " +
				"n17, n18, n19, 10 more",
		},
		{
			name: "a common name alone", issuer: ca,
			adjust: func(c *x509.Certificate) {
				c.DNSNames, c.IPAddresses, c.Subject.CommonName = nil, nil, "127.0.0.1"
			},
			message: "it holds no subject alternative name, so that no name or address fits it; issue it again with one",
		},
		{
			name: "no host in the environment", issuer: ca, toName: true, envHost: "none/",
			adjust:  func(c *x509.Certificate) { c.DNSNames = []string{"kubernetes"} },
			message: "it is not valid for localhost; it is valid for kubernetes, 127.0.0.1",
		},
		{
			name: "TLS server name not in the certificate", issuer: ca, serverName: "kubernetes.default",
			message: "it is not valid for kubernetes.default; it is valid for kubernetes, localhost, 127.0.0.1" + promise,
		},
		{
			name: "no server certificate", issuer: ca,
			adjust:  func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} },
			message: "certificate specifies an incompatible key usage",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := startServer(t, test.issuer.issue(t, test.adjust), nil, nil)
			dir := mountAccount(t, "hunter2", ca.pem)
			o := Options{
				Getenv: podEnvironment(t, server.URL), Dir: dir, TLSServerName: test.serverName,
				Now: now.UTC,
			}
			if test.envHost != "" {
				o.Getenv = environment(hostVariable + "=" + test.envHost)
			}
			if test.toName {
				o.Server = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
			}
			config := mustLoad(t, o)
			_, _, err := get(config, "/version")

			typed, ok := errors.AsType[*CertificateError](err)
			if !ok {
				t.Fatalf("got %v, want a *CertificateError", err)
			}
			want := "certificate of " + config.BaseURL().String() + ": " + strings.ReplaceAll(test.message, "CAFILE", filepath.Join(dir, "ca.crt"))
			if diff := cmp.Diff(want, typed.Error()); diff != "" {
				t.Error(diff)
			}
			if _, ok := errors.AsType[*tls.CertificateVerificationError](err); !ok {
				t.Errorf("%v holds no *tls.CertificateVerificationError", err)
			}
			if n := server.requests.Load(); n != 0 {
				t.Errorf("the server received %d requests", n)
			}
		})
	}
}

// TestChainUnderSystemRootsRefused runs in a process of its own: a process reads the
// system's roots only once, and an earlier test may have done so.
func TestChainUnderSystemRootsRefused(t *testing.T) {
	const own = "KRECONCILE_TEST_SYSTEM_ROOTS"
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("SSL_CERT_FILE does not replace the roots of this system, which verifies certificates itself")
	}
	if os.Getenv(own) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=1m")
		cmd.Env = append(os.Environ(), own+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	ca, public := newAuthority(t, "cluster"), newAuthority(t, "public")
	roots := filepath.Join(t.TempDir(), "roots.pem")
	writeFile(t, roots, public.pem)
	t.Setenv("SSL_CERT_FILE", roots)
	t.Setenv("SSL_CERT_DIR", t.TempDir())
	server := startServer(t, public.issue(t, nil), nil, nil)
	response, err := (&http.Client{Transport: &http.Transport{}}).Get(server.URL)
	if err != nil {
		t.Fatalf("the system's roots are not the ones of the test: %v", err)
	}
	response.Body.Close()

	before := server.requests.Load()
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: mountAccount(t, "token", ca.pem)})
	_, _, err = get(config, "/version")
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); !ok {
		t.Errorf("got %v, want an x509.UnknownAuthorityError", err)
	}
	if n := server.requests.Load() - before; n != 0 {
		t.Errorf("the server received %d requests", n)
	}
}

func TestTLSServerName(t *testing.T) {
	ca := newAuthority(t, "cluster")
	server := startServer(t, ca.issue(t, func(c *x509.Certificate) { c.IPAddresses = nil }), nil, nil)
	mustGet(t, mustLoad(t, Options{
		Getenv: podEnvironment(t, server.URL), Dir: mountAccount(t, "token", ca.pem), TLSServerName: "kubernetes",
	}))
}

// TestNoDowngrade tests that a peer without TLS, or with an old version, is refused.
func TestNoDowngrade(t *testing.T) {
	ca := newAuthority(t, "cluster")
	tests := []struct {
		name    string
		step    apitest.ConnStep
		message string
	}{
		{"TLS 1.1 peer", apitest.TLS11(), "remote error: tls: protocol version not supported"},
		{"plaintext peer", apitest.AnswerInPlaintext(), "http: server gave HTTP response to HTTPS client"},
		{"another protocol", apitest.Say("220 mail.example ESMTP\r\n"), "tls: first record does not look like a TLS handshake"},
		{"peer that hangs up", apitest.Say(""), "EOF"}, // once it has heard the hello
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := signedBy(t, ca)
			server.AlwaysConnection(test.step)
			config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL()), Dir: mountAccount(t, "token", ca.pem)})
			_, _, err := get(config, "/version")
			if diff := cmp.Diff(`Get "`+server.URL()+`/version": `+test.message, fmt.Sprint(err)); diff != "" {
				t.Error(diff)
			}
			if c, r := server.Connections(), len(server.Requests()); c != 1 || r != 0 {
				t.Errorf("%d connections, %d requests", c, r)
			}
			if hello := server.Received(1); len(hello) == 0 || hello[0] != 22 {
				t.Errorf("received %q", hello)
			}
		})
	}
	t.Run("the TLS 1.1 peer speaks to a client that goes down with it", func(t *testing.T) {
		server := signedBy(t, ca)
		server.AlwaysConnection(apitest.TLS11())
		old := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS10, RootCAs: ca.Pool(), CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA},
		}}}
		defer old.CloseIdleConnections()
		response, err := old.Get(server.URL() + "/version")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	})
}

// The server's certificate may be valid while that of the CA has expired.
func TestExpiredAuthority(t *testing.T) {
	ca := newAuthority(t, "cluster")
	now := ca.certificate.NotAfter.Add(time.Minute)
	server := startServer(t, ca.issue(t, func(c *x509.Certificate) { c.NotAfter = now.Add(time.Hour) }), nil, nil)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: mountAccount(t, "hunter2", ca.pem), Now: func() time.Time { return now }})
	_, _, err := get(config, "/version")
	want := "the certificate of its issuer CN=cluster expired on " + ca.certificate.NotAfter.UTC().Format(time.RFC3339) +
		", and the local clock says " + now.UTC().Format(time.RFC3339)
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// The name that every cluster has for its API server may be missing in the
// certificate. The error then names the host of the environment, which is not tried.
func TestKubernetesDefaultSvcNotInTheCertificate(t *testing.T) {
	ca := newAuthority(t, "cluster")
	server := signedBy(t, ca, apitest.Names("127.0.0.1"))
	proxy := apitest.NewProxy(t, server)
	config := mustLoad(t, Options{
		Server: "https://kubernetes.default.svc", Dir: mountAccount(t, "token", ca.pem),
		Getenv: podEnvironment(t, server.URL(), "HTTPS_PROXY="+proxy.URL()),
	})
	_, _, err := get(config, "/version")
	want := `Get "https://kubernetes.default.svc:443/version": certificate of https://kubernetes.default.svc:443: ` +
		"it is not valid for kubernetes.default.svc; it is valid for 127.0.0.1; " +
		"a cluster promises a certificate for 127.0.0.1, the host in KUBERNETES_SERVICE_HOST"
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"CONNECT kubernetes.default.svc:443"}, proxy.Asked()); diff != "" {
		t.Error(diff)
	}
	if c, r := server.Connections(), len(server.Requests()); c != 1 || r != 0 {
		t.Errorf("%d connections, %d requests", c, r)
	}
}

func TestUnwrappedErrorsStay(t *testing.T) {
	ca := newAuthority(t, "ca")
	config := mustLoad(t, Options{Server: "https://" + apitest.UnusedAddress, Getenv: environment(), Dir: mountAccount(t, "token", ca.pem)})
	_, _, err := get(config, "/version")
	if _, ok := errors.AsType[*url.Error](err); !ok || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("got %v, want a refused connection", err)
	}
	if _, ok := errors.AsType[*CertificateError](err); ok {
		t.Errorf("%v is a *CertificateError", err)
	}
}
