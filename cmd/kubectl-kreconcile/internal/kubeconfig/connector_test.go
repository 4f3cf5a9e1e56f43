package kubeconfig_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kreconcile/kreconcile/cmd/kubectl-kreconcile/internal/kubeconfig"
	"github.com/kreconcile/kreconcile/inclusterauth"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/live"
)

func TestCredentials(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, user := range map[string]*clientcmdapi.AuthInfo{
		"token":      bearer(token),
		"token file": {TokenFile: file},
		"plugin":     plugin(t, token),
	} {
		t.Run(name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock(), apitest.Token(token))
			config := newConfig()
			add(config, "dev", clusterOf(server), user)
			run(t, config, pods, "apply").expect(t, 0, "Asked "+server.URL())
			run(t, config, gadgets, "apply", "--debug").expect(t, 2, "gadgets")
			run(t, config, pods, "apply", "-o", "json").expect(t, 0, `"type": "context"`, `"name": "dev"`, `"context": "dev"`, `"insecure": false`)
		})
	}
}

func TestRefusedCredentials(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token("another one"))
	config := newConfig()
	add(config, "dev", clusterOf(server), bearer(token))
	run(t, config, pods, "apply").expect(t, 3, "401", "the credentials of the context's user are refused")
}

func TestServerBehindAPath(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token(token), apitest.Behind("/k8s/clusters/c-1"))
	config := newConfig()
	cluster := clusterOf(server)
	cluster.Server = server.URL() + "/"
	add(config, "rancher", cluster, bearer(token))
	run(t, config, pods, "apply").expect(t, 0)
}

func TestServerName(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Names("api.example.com"))
	config := newConfig()
	add(config, "dev", clusterOf(server), bearer(token))
	run(t, config, pods, "apply").expect(t, 3, "tls-server-name in the kubeconfig")
	config.Clusters["dev"].TLSServerName = "api.example.com"
	run(t, config, pods, "apply").expect(t, 0)
}

func TestProxy(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token(token), apitest.Names("api.example.com"))
	proxy := apitest.NewProxy(t, server)
	config := newConfig()
	add(config, "dev", &clientcmdapi.Cluster{
		Server: "https://api.example.com:6443", CertificateAuthorityData: server.CA(), ProxyURL: proxy.URL(),
	}, bearer(token))
	run(t, config, pods, "apply").expect(t, 0)
	if asked := strings.Join(proxy.Asked(), "\n"); !strings.HasPrefix(asked, "CONNECT api.example.com:6443") || strings.Contains(asked, token) {
		t.Errorf("the proxy was asked %q", asked)
	}
}

func TestInsecure(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token(token))
	config := newConfig()
	add(config, "dev", &clientcmdapi.Cluster{Server: server.URL(), InsecureSkipTLSVerify: true}, bearer(token))
	run(t, config, pods, "apply").expect(t, 3, "insecure-skip-tls-verify", "--allow-insecure-skip-tls-verify")
	run(t, config, pods, "snapshot").expect(t, 1, "Certificate is not verified", "--allow-insecure-skip-tls-verify")
	if server.Connections() != 0 {
		t.Error("there was a connection")
	}
	run(t, config, pods, "apply", "--allow-insecure-skip-tls-verify").expect(t, 0, "without verifying its certificate")
	run(t, config, pods, "apply", "--allow-insecure-skip-tls-verify", "-o", "json").expect(t, 0, `"insecure": true`)
}

func TestUnknownAuthority(t *testing.T) {
	server, other := apitest.New(t, apitest.Stock(), apitest.Token(token)), apitest.New(t, apitest.Stock())
	config := newConfig()
	add(config, "dev", &clientcmdapi.Cluster{Server: server.URL(), CertificateAuthorityData: other.CA()}, bearer(token))
	run(t, config, pods, "apply").expect(t, 3, "certificate-authority in the kubeconfig")
	if len(server.Requests()) != 0 {
		t.Error("there was a request")
	}
}

func TestPlaintext(t *testing.T) {
	config := newConfig()
	add(config, "far", &clientcmdapi.Cluster{Server: "http://192.0.2.1:8080"}, bearer(token))
	run(t, config, pods, "apply").expect(t, 3, "only a kubectl proxy on loopback")

	server := apitest.New(t, apitest.Stock(), apitest.Plaintext())
	config = newConfig()
	add(config, "proxy", &clientcmdapi.Cluster{Server: server.URL()}, bearer(token))
	run(t, config, pods, "apply").expect(t, 0)
	for _, r := range server.Requests() {
		if r.Credentials != "" {
			t.Errorf("%s had credentials", r.Path)
		}
	}
}

// A redirect is not followed, and a server that repeats the token in its answer does not get it into the output.
func TestCredentialsStayWithTheirServer(t *testing.T) {
	other := apitest.New(t, apitest.Stock())
	server := apitest.New(t, apitest.Stock(), apitest.Token(token))
	config := newConfig()
	add(config, "dev", clusterOf(server), bearer(token))
	server.Always("*", func(e *apitest.Exchange) {
		http.Redirect(e, e.Request, other.URL()+e.Request.URL.Path, http.StatusFound)
	})
	run(t, config, pods, "apply").expect(t, 3)
	if other.Connections() != 0 {
		t.Error("the redirect was followed")
	}
	server.Always("*", func(e *apitest.Exchange) { http.Error(e, e.Request.Header.Get("Authorization"), http.StatusForbidden) })
	run(t, config, pods, "apply", "--debug").expect(t, 3, "[token]")
	config.AuthInfos["dev"] = &clientcmdapi.AuthInfo{Username: "user", Password: token}
	server.Always("*", func(e *apitest.Exchange) {
		_, password, _ := e.Request.BasicAuth()
		http.Error(e, password, http.StatusForbidden)
	})
	run(t, config, pods, "apply", "--debug").expect(t, 3, "[token]")
}

// A client sends nothing to a server that is not its own, whoever asks it to.
func TestClientIsBoundToItsServer(t *testing.T) {
	server, other := apitest.New(t, apitest.Stock()), apitest.New(t, apitest.Stock())
	config := newConfig()
	add(config, "dev", &clientcmdapi.Cluster{Server: server.URL(), InsecureSkipTLSVerify: true}, bearer(token))
	path := filepath.Join(t.TempDir(), "config")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	client, err := new(kubeconfig.Connector).Connect(live.Target{
		Kubeconfig: live.Kubeconfig{Path: path, AllowInsecure: true}, Context: "dev", Redactor: new(inclusterauth.Redactor),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.HTTP.CloseIdleConnections()
	for url, ok := range map[string]bool{server.URL(): true, other.URL(): false} {
		response, err := client.HTTP.Get(url + "/version")
		if err == nil {
			response.Body.Close()
		}
		if (err == nil) != ok {
			t.Errorf("%s: %v", url, err)
		}
	}
	if other.Connections() != 0 {
		t.Error("there was a connection")
	}
}

func TestImpersonation(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token(token))
	config := newConfig()
	add(config, "dev", clusterOf(server), bearer(token))
	var user, groups string
	server.Always("/api", func(e *apitest.Exchange) {
		user, groups = e.Request.Header.Get("Impersonate-User"), strings.Join(e.Request.Header.Values("Impersonate-Group"), " ")
		e.Usual.ServeHTTP(e, e.Request)
	})
	run(t, config, pods, "apply", "--as", "ci", "--as-group", "dev", "--as-group", "ops").expect(t, 0)
	if user != "ci" || groups != "dev ops" {
		t.Errorf("impersonated %q in %q", user, groups)
	}
	run(t, config, pods, "apply", "--as-group", "dev").expect(t, 3, "--as-group needs --as")
}

func TestPluginsThatFail(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	config := newConfig()
	add(config, "dev", clusterOf(server), plugin(t, "fail"))
	r := run(t, config, pods, "apply")
	r.expect(t, 3, "getting credentials")
	if strings.Contains(r.stderr, "Trying again") {
		t.Error("the plugin ran again")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() }) // It also ends connections that nobody accepted.
	config.AuthInfos["dev"] = plugin(t, "hang until the end of "+listener.Addr().String())
	run(t, config, pods, "apply", "--request-timeout", "100ms", "--timeout", "1s").expect(t, 3)
	if server.Connections() != 0 {
		t.Error("there was a connection")
	}
}
