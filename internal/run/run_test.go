package run_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/run"
)

// balancer is several API servers behind one address: each connection leads to the
// next one.
type balancer struct {
	servers []*apitest.Server
	// connection is the number of the connection in use.
	connection int
	// lasts is the number of requests for which a connection lasts; 0 means any
	// number.
	lasts    int
	requests int
	http1    bool
	// paths are the requested paths, with the number of the connection.
	paths []string
}

func (b *balancer) CloseIdleConnections() { b.connection, b.requests = b.connection+1, 0 }

func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.requests++; b.lasts > 0 && b.requests > b.lasts {
		b.connection, b.requests = b.connection+1, 1
	}
	b.paths = append(b.paths, fmt.Sprintf("%d %s", b.connection, r.URL.Path))
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		trace.GotConn(httptrace.GotConnInfo{Conn: conn{port: b.connection}})
	}
	w := httptest.NewRecorder()
	b.servers[b.connection%len(b.servers)].ServeHTTP(w, r)
	response := w.Result()
	if !b.http1 {
		response.ProtoMajor = 2
	}
	return response, nil
}

// conn is a connection that only has addresses.
type conn struct {
	net.Conn
	port int
}

func (c conn) LocalAddr() net.Addr  { return &net.TCPAddr{Port: c.port} }
func (c conn) RemoteAddr() net.Addr { return &net.TCPAddr{Port: 443} }

// client sends one request after the other, so that the balancer needs no lock.
func (b *balancer) client() *discovery.Client {
	return &discovery.Client{
		HTTP: &http.Client{Transport: oneByOne(b)}, Base: &url.URL{Scheme: "https", Host: "10.96.0.1:443"},
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

type serial struct {
	*balancer
	turn chan struct{}
}

func oneByOne(b *balancer) http.RoundTripper { return serial{b, make(chan struct{}, 1)} }

func (s serial) RoundTrip(r *http.Request) (*http.Response, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.balancer.RoundTrip(r)
}

// older serves example.com/v1beta1 and newer does not, like two releases.
func older(t *testing.T) *apitest.Server {
	s := apitest.Stock()
	s.Version.Value = discovery.ServerVersion{GitVersion: "v1.36.3", Major: "1", Minor: "36"}
	s.Named.Value = append(s.Named.Value, discovery.Group{
		Name: "older.example.com", Preferred: "v1beta1",
		Versions: []discovery.Version{{Name: "v1beta1", Freshness: "Current", Resources: discovery.Known[[]discovery.Resource](nil)}},
	})
	return apitest.New(t, s)
}

func newer(t *testing.T) *apitest.Server {
	s := apitest.Stock()
	s.Version.Value = discovery.ServerVersion{GitVersion: "v1.37.2", Major: "1", Minor: "37"}
	return apitest.New(t, s)
}

func parse(t *testing.T, declaration string) *config.Declaration {
	t.Helper()
	d, diags := config.Parse([]config.Source{{Name: "main.hcl", Bytes: []byte(declaration)}}, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return d
}

const (
	onlyOlder = "api \"older.example.com/v1beta1\" {}\n"
	onlyNewer = "cluster { kubernetes = \">= 1.37\" }\n"
	either    = "check \"c\" {\n assert {\n condition = served(\"older.example.com/v1beta1\") != kubernetes(\">= 1.37\")\n error_message = \"No.\"\n }\n}\n"
	both      = "api \"apps/v1\" {}\n"
	neither   = "api \"nobody.example.com/v1\" {}\n"
)

// TestPassOfSeveralServers tests that a verdict never mixes the answers of several
// servers.
func TestPassOfSeveralServers(t *testing.T) {
	const satisfied, drifted, unsettled = "satisfied", "drifted", "undetermined"
	tests := []struct {
		name, declaration string
		// first and second are the outcomes if the first look reaches the older
		// server, and the newer one.
		first, second string
		// http1 is the outcome over HTTP/1.1, whichever server is first.
		http1 string
	}{
		{"both serve it", both, satisfied, satisfied, satisfied},
		{"neither serves it", neither, drifted, drifted, drifted},
		// A satisfied look does not know the other server.
		{"only the older one serves it", onlyOlder, satisfied, unsettled, unsettled},
		{"only the newer one meets it", onlyNewer, unsettled, satisfied, unsettled},
		{"neither meets both", onlyOlder + onlyNewer, unsettled, unsettled, unsettled},
		{"a condition that holds on each", either, satisfied, satisfied, satisfied},
	}
	for _, tt := range tests {
		for start, want := range []string{tt.first, tt.second} {
			for _, http1 := range []bool{false, true} {
				for _, lasts := range []int{0, 4} {
					t.Run(fmt.Sprintf("%s, server %d first, HTTP/1 %t, %d requests a connection", tt.name, start, http1, lasts), func(t *testing.T) {
						b := &balancer{servers: []*apitest.Server{older(t), newer(t)}, connection: start, http1: http1, lasts: lasts}
						plan, _ := run.Pass(t.Context(), b.client(), parse(t, tt.declaration))
						if http1 {
							want = tt.http1
						}
						v := plan.Verdict(apply.Policy{})
						if string(v.Status) != want {
							t.Errorf("it is %s, want %s\n%v", v.Status, want, b.paths)
						}
						for _, f := range plan.Findings {
							if u := f.Undetermined; u != nil && u.Code != discovery.Unsettled {
								t.Errorf("%s: %+v", f.Address, u)
							}
						}
					})
				}
			}
		}
	}
}

// TestPassBeginsAnew tests that answers from a connection that ended are requested
// again.
func TestPassBeginsAnew(t *testing.T) {
	b := &balancer{servers: []*apitest.Server{older(t)}, lasts: 2}
	plan, _ := run.Pass(t.Context(), b.client(), parse(t, both+onlyOlder+"cluster { kubernetes = \"~1.36\" }"))
	if v := plan.Verdict(apply.Policy{}); v.Status != apply.Satisfied {
		t.Errorf("%+v", plan.Findings)
	}
	// No connection lasts for three answers.
	if n := len(b.paths); n < 12 {
		t.Errorf("%d requests: %v", n, b.paths)
	}
}

// TestPassThatIsUnauthorized tests that a 401 is no reason to ask again, though the
// API server closes the connection after it.
func TestPassThatIsUnauthorized(t *testing.T) {
	server := older(t)
	server.Always("*", apitest.Refuse(401, "Unauthorized", "Unauthorized"))
	b := &balancer{servers: []*apitest.Server{server}, lasts: 1}
	plan, _ := run.Pass(t.Context(), b.client(), parse(t, both))
	if u := plan.Findings[0].Undetermined; u == nil || u.Code != discovery.Unauthorized || len(b.paths) != 2 {
		t.Errorf("%+v after %v", plan.Findings[0], b.paths)
	}
}

func TestRecordOfSeveralServers(t *testing.T) {
	one := &balancer{servers: []*apitest.Server{older(t)}}
	if s := run.Record(t.Context(), one.client(), &config.Declaration{}, run.Options{}); !s.Confirmed.Known {
		t.Errorf("confirmed %+v", s.Confirmed)
	}
	two := &balancer{servers: []*apitest.Server{older(t), newer(t)}}
	s := run.Record(t.Context(), two.client(), &config.Declaration{}, run.Options{})
	if f := s.Confirmed.Failure; f == nil || f.Code != discovery.Unsettled {
		t.Errorf("confirmed %+v", s.Confirmed)
	}
	var b bytes.Buffer
	if err := discovery.Save(&b, s); err != nil {
		t.Fatal(err)
	}
	over := func(prefix string) []string {
		return slices.DeleteFunc(slices.Clone(two.paths), func(p string) bool { return p[:1] != prefix })
	}
	// The older server's documents have a group version without resources, so its own
	// document is requested.
	if len(over("0")) != 5 || len(over("1")) != 5 {
		t.Errorf("requests %v", two.paths)
	}
}
