package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
)

// secretToken looks like that of a ServiceAccount: three parts in base64, the last
// with characters of its URL alphabet.
var secretToken = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"Zq8K3n"}`)) + "." +
	base64.RawURLEncoding.EncodeToString([]byte(`{"aud":["https://kubernetes.default.svc"],"sub":"system:serviceaccount:web:gate"}`)) + "." +
	"Xk2-9vQ_7LrTz0-hJw5_mB4nYcE8sPaUd1GfHi3ORtK6lV"

// tokenPart is the number of consecutive characters of a token that are never shown.
const tokenPart = 8

// shownPart returns a part of the token that a text shows, or "".
func shownPart(text string) string {
	for i := range len(secretToken) - tokenPart + 1 {
		if part := secretToken[i : i+tokenPart]; strings.Contains(text, part) {
			return part
		}
	}
	return ""
}

// TestTokenIsNeverShown covers a server that echoes the token, whole or in parts, in
// any answer. No format and no verbosity shows eight characters of it, whatever the
// outcome.
func TestTokenIsNeverShown(t *testing.T) {
	// Each part may appear in a text by itself.
	echo := "you sent Bearer " + secretToken + ", that is " + secretToken[:40] + " and " + secretToken[len(secretToken)-12:] +
		" or " + secretToken[30:38] + "\n" + secretToken + strings.Repeat("x", 2000) + secretToken
	words := strings.NewReplacer(".", "-", "_", "-").Replace(secretToken)
	serves := apitest.Stock()
	serves.Version.Value.GitVersion = "v1.30.0+" + secretToken
	serves.ServerAddresses.Value = []string{secretToken + ":443"}
	for i := range serves.Core.Value.Versions[0].Resources.Value {
		r := &serves.Core.Value.Versions[0].Resources.Value[i]
		r.Kind, r.Verbs, r.Singular = secretToken, []string{secretToken, "x" + secretToken[20:30]}, secretToken
	}
	serves.Named.Value = append(serves.Named.Value, discovery.Group{Name: secretToken + ".example", Versions: []discovery.Version{{Name: "v1"}}})
	server := func(s *discovery.Snapshot, step apitest.Step, options ...apitest.Option) *apitest.Server {
		started := apitest.New(t, s, append(options, apitest.Token(secretToken))...)
		if step != nil {
			started.Always("*", step)
		}
		return started
	}
	allowed := server(apitest.Stock(), nil)
	allowed.Allow(func(discovery.Review) discovery.ReviewAnswer {
		return discovery.ReviewAnswer{Reason: echo, EvaluationError: echo}
	})
	unready := server(apitest.Stock(), nil)
	unready.Always("/readyz", apitest.Refuse(http.StatusInternalServerError, echo, "[-]"+secretToken+" failed"))

	tests := []struct {
		name   string
		server *apitest.Server
		code   int
		args   []string
	}{
		{"a message of 401", server(apitest.Stock(), apitest.Refuse(http.StatusUnauthorized, echo, echo)), 3, nil},
		{"a message of 403", server(apitest.Stock(), apitest.Refuse(http.StatusForbidden, echo, echo)), 3, nil},
		{"a message of 500", server(apitest.Stock(), apitest.Refuse(http.StatusInternalServerError, echo, echo)), 3, nil},
		{"a page", server(apitest.Stock(), apitest.Reply(http.StatusForbidden, "text/html", "<html>"+echo)), 3, nil},
		{"a redirect", server(apitest.Stock(), apitest.Redirect(http.StatusFound, "https://"+words+".example/?t="+secretToken)), 3, nil},
		{"headers", server(apitest.Stock(), apitest.Reply(http.StatusOK, "text/"+secretToken, echo, "Etag", secretToken, "Warning", `299 - "`+secretToken+`"`)), 3, nil},
		{"an encoding", server(apitest.Stock(), apitest.Reply(http.StatusOK, "application/json", echo, "Content-Encoding", secretToken)), 3, nil},
		{"a broken document", server(apitest.Stock(), apitest.Reply(http.StatusOK, "application/json", `{"kind":"`+secretToken+`","`+secretToken+`":x}`)), 3, nil},
		{"a document of another kind", server(apitest.Stock(), apitest.Reply(http.StatusOK, "application/json", `{"kind":"`+secretToken+`","apiVersion":"`+secretToken+`"}`)), 3, nil},
		{"what is served", server(serves, nil), 2, nil},
		{"a server that is not ready", unready, 2, nil},
		{"a certificate's names", server(apitest.Stock(), nil, apitest.Names(words+".example")), 3, []string{"--tls-server-name", "other.example"}},
		{"access reviews", allowed, 2, nil},
		{"an error", server(apitest.Stock(), nil), 1, []string{"--bogus"}},
		{"a token that was passed by error", server(apitest.Stock(), nil), 1, []string{"--timeout", "1s", "--var", "Bearer"}},
		{"all of it is well", server(apitest.Stock(), nil), 2, nil},
	}
	const declared = `
cluster {
  server_address = "10.0.0.9:443"
  kubernetes     = ">= 1.30"
}
api "v1" {
  kind "Pod" {}
  resource "pods" {
    kind  = "Pod"
    verbs = ["get"]
  }
}
api "example.com/v1" {}
permission "p" {
  verbs     = ["create"]
  resources = ["deployments.apps"]
  namespace = "default"
}
`
	for _, tt := range tests {
		for _, command := range []string{"plan", "apply", "apply -v --debug", "snapshot", "snapshot --debug"} {
			if tt.code == 1 && strings.HasPrefix(command, "snapshot") {
				continue // it has no reports
			}
			t.Run(tt.name+", "+command, func(t *testing.T) {
				dir := t.TempDir()
				write(t, dir+"/a.hcl", declared)
				args := strings.Fields(command)
				if args[0] != "snapshot" {
					for _, flag := range everyReport() {
						if flag != "-v" && flag != "--debug" {
							args = append(args, flag)
						}
					}
					args = append(args, "-o", "text")
				}
				limit := "30s"
				if tt.code == 3 {
					limit = "300ms" // what fails is not tried again for longer
				}
				args = append(args, "--service-account-dir", tt.server.ServiceAccountDir(t), "--server", tt.server.URL(), "--timeout", limit)
				o := runIn(t, dir, nil, append(append(args, tt.args...), "a.hcl")...)
				if args[0] == "apply" && o.code != tt.code {
					t.Errorf("it exits with %d and says\n%s%s", o.code, o.stdout, o.stderr)
				}
				texts := maps.Clone(o.files)
				texts["standard output"], texts["standard error"] = o.stdout, o.stderr
				for name, text := range texts {
					if part := shownPart(text); part != "" {
						t.Errorf("%s shows %s of the token:\n%s", name, part, text)
					}
				}
				if args[0] != "snapshot" && len(o.files) != len(reports)+1 {
					t.Errorf("there are the reports %v", slices.Sorted(maps.Keys(o.files)))
				}
			})
		}
	}
}

// TestTokenNeverGoesToAProxy tests that a proxy sees the server's name, but no
// request. Its own words may still hold the token.
func TestTokenNeverGoesToAProxy(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 16)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				seen <- r.Method + " " + r.Host + " " + fmt.Sprint(r.Header)
			}
			_, _ = fmt.Fprintf(c, "HTTP/1.1 403 no %s\r\nProxy-Authenticate: %s\r\nContent-Length: 0\r\n\r\n", secretToken, secretToken)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	server := apitest.New(t, apitest.Stock(), apitest.Token(secretToken))
	dir := t.TempDir()
	write(t, dir+"/a.hcl", "api \"v1\" {}\n")
	o := runIn(t, dir, []string{"HTTPS_PROXY=http://" + listener.Addr().String()}, slices.Concat([]string{"apply"}, everyReport(), []string{
		"-o", "text", "--service-account-dir", server.ServiceAccountDir(t), "--server", "https://192.0.2.1", "--timeout", "30s", "a.hcl",
	})...)
	if text := <-seen; !strings.HasPrefix(text, "CONNECT 192.0.2.1:443 ") || shownPart(text) != "" {
		t.Errorf("the proxy was sent %s", text)
	}
	all := o.stdout + o.stderr + strings.Join(slices.Collect(maps.Values(o.files)), "")
	if o.code != 3 || shownPart(all) != "" || !strings.Contains(o.stdout, "no [token]") {
		t.Errorf("it exits with %d and says\n%s", o.code, all)
	}
}

// TestServersMessagesAreOneShortLine tests that a server's message is one line of at
// most 2 KiB wherever it is shown.
func TestServersMessagesAreOneShortLine(t *testing.T) {
	const limit = 2 << 10
	server := apitest.New(t, apitest.Stock(), apitest.Token("t"))
	server.Always("*", apitest.Refuse(http.StatusForbidden, "Forbidden", "no\r\n\n\tsuch "+strings.Repeat("ä ", 5000)))
	dir := t.TempDir()
	write(t, dir+"/a.hcl", "api \"v1\" {}\n")
	o := runIn(t, dir, nil, "apply", "--debug", "-o", "text", "-o", "json=out/json", "--service-account-dir", server.ServiceAccountDir(t), "--server", server.URL(), "a.hcl")
	message := "GET /api: 403 Forbidden: no such " + strings.Repeat("ä ", 5000)
	message = message[:limit-len("…")]
	message = strings.ToValidUTF8(message, "") + "…"
	if got := document(t, []byte(o.files["json"])).Targets[0].Findings[0].Undetermined.Message; got != message {
		t.Errorf("the message has %d bytes: %q", len(got), got)
	}
	if !strings.Contains(o.stdout, "could not be determined: "+message+"\n") || !strings.Contains(o.stderr, `failure="`+message+"\"\n") {
		t.Errorf("it says\n%s%s", o.stdout, o.stderr)
	}
}

// TestPanicShowsNoToken tests that a panic in the middle of a request exits with 1,
// and that neither its value nor the stacks show the token.
func TestPanicShowsNoToken(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token(secretToken))
	for _, verbose := range []bool{false, true} {
		var stdout, stderr bytes.Buffer
		args := []string{"apply", "-o", "json", "--server", server.URL(), "--service-account-dir", server.ServiceAccountDir(t), declaration(t)}
		if verbose {
			args = append(args, "--debug")
		}
		code := cli.Run(context.Background(), cli.Process{
			Args: args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Connector: panicsInRequests{},
		})
		all := stdout.String() + stderr.String()
		if code != 1 || document(t, stdout.Bytes()).ExitCode != 1 || shownPart(all) != "" {
			t.Errorf("it exits with %d and says\n%s", code, all)
		}
		if !strings.Contains(stderr.String(), "This is a bug in kreconcile, and says nothing about the cluster: sent [token].") {
			t.Errorf("it does not report the panic:\n%s", all)
		}
		if strings.Contains(all, "goroutine ") != verbose {
			t.Errorf("stacks are shown with --debug only, and here it is %t:\n%s", verbose, all)
		}
	}
}

type panicsInRequests struct{ live.InCluster }

func (p panicsInRequests) Connect(t live.Target) (*discovery.Client, error) {
	c, err := p.InCluster.Connect(t)
	if err == nil {
		c.HTTP = &http.Client{Transport: panickingTransport{}}
	}
	return c, err
}

type panickingTransport struct{}

func (panickingTransport) RoundTrip(*http.Request) (*http.Response, error) {
	panic("sent " + secretToken)
}
