package inclusterauth_test

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/kreconcile/kreconcile/inclusterauth"
)

// A Pod asks its API server for the version. In a Pod, the zero Options are enough;
// here, a test server and a folder replace what the kubelet provides.
func Example() {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer a-token" {
			fmt.Fprint(w, `{"gitVersion":"v1.36.3"}`)
		}
	}))
	defer server.Close()
	dir, err := os.MkdirTemp("", "serviceaccount")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for name, content := range map[string][]byte{"token": []byte("a-token"), "ca.crt": ca, "namespace": []byte("shop")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			log.Fatal(err)
		}
	}
	host, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	environment := map[string]string{"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port}

	config, err := inclusterauth.Load(inclusterauth.Options{
		Getenv: func(name string) string { return environment[name] },
		Dir:    dir,
	})
	if err != nil {
		log.Fatal(err)
	}
	response, err := config.Client().Get(config.BaseURL().JoinPath("/version").String())
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(config.Namespace(), response.StatusCode, string(body))
	// Output: shop 200 {"gitVersion":"v1.36.3"}
}

// A kubectl proxy in the same Pod has credentials of its own, so no token and no CA
// bundle is needed.
func ExampleLoad_sidecar() {
	config, err := inclusterauth.Load(inclusterauth.Options{Server: "http://localhost:8001"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(config.BaseURL())
	// Output: http://localhost:8001
}

// The errors of Load have types, so a program can find out what is missing.
func ExampleLoad_errors() {
	_, err := inclusterauth.Load(inclusterauth.Options{
		Getenv: func(string) string { return "" },
	})
	if missing, ok := errors.AsType[*inclusterauth.EnvironmentError](err); ok {
		fmt.Println(missing.Variable)
	}
	fmt.Println(err)
	// Output:
	// KUBERNETES_SERVICE_HOST
	// environment variable KUBERNETES_SERVICE_HOST is not set: this is not a Pod, or its environment was cleared; set it, or name the server
}
