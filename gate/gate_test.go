package gate_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/gate"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

const (
	served  = "api \"apps/v1\" {}\n"
	missing = "api \"nobody.example.com/v1\" {}\n"
	old     = "api \"v1\" {\n  resource \"endpoints\" {}\n}\n"
)

func parse(t *testing.T, declaration string) *config.Declaration {
	t.Helper()
	d, diags := config.Parse([]config.Source{{Name: "main.hcl", Bytes: []byte(declaration)}}, config.Inputs{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return d
}

// direct reaches a server without a network, so that tests can use a fake clock.
type direct struct {
	server *apitest.Server
	// silent is whether the server never answers.
	silent bool
}

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.silent {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	response := w.Result()
	response.ProtoMajor = 2
	return response, nil
}

func (d direct) client() *discovery.Client {
	return &discovery.Client{HTTP: &http.Client{Transport: d}, Base: &url.URL{Scheme: "https", Host: "10.96.0.1:443"}}
}

// TestCheck tests that the error is nil if and only if the verdict is satisfied.
func TestCheck(t *testing.T) {
	down := apitest.Refuse(503, "ServiceUnavailable", "down")
	tests := []struct {
		name, declaration string
		// always is the server's answer to everything, and nil for the usual answers.
		always  apitest.Step
		silent  bool
		options gate.Options
		status  apply.Status
		err     error
		passes  int
	}{
		{"it is served", served, nil, false, gate.Options{}, apply.Satisfied, nil, 1},
		{"it is not", missing, nil, false, gate.Options{}, apply.Drifted, gate.ErrDrifted, 1},
		{"the server is down", served, down, false, gate.Options{}, apply.StatusUndetermined, gate.ErrUndetermined, 1},
		{"the server is silent", served, nil, true, gate.Options{}, apply.StatusUndetermined, gate.ErrUndetermined, 1},
		{"it is waited for in vain", missing, nil, false, gate.Options{Wait: time.Minute}, apply.Drifted, gate.ErrDrifted, 12},
		{"passes are as far apart as asked for", missing, nil, false, gate.Options{Wait: time.Minute, Interval: 25 * time.Second}, apply.Drifted, gate.ErrDrifted, 3},
		{"several passes in a row", served, nil, false, gate.Options{Wait: time.Minute, Consecutive: 3}, apply.Satisfied, nil, 3},
		{"without a wait, one pass is enough", served, nil, false, gate.Options{Consecutive: 2}, apply.Satisfied, nil, 1},
		{"drift is a warning", missing, nil, false, gate.Options{Policy: apply.Policy{WarnOnly: true}}, apply.Satisfied, nil, 1},
		{"a deprecated API passes", old, nil, false, gate.Options{}, apply.Satisfied, nil, 1},
		{"unless it must not", old, nil, false, gate.Options{Policy: apply.Policy{FailOnDeprecated: true}}, apply.Drifted, gate.ErrDeprecated, 1},
		{"which is not waited for", old, nil, false, gate.Options{Wait: time.Minute, Consecutive: 2, Policy: apply.Policy{FailOnDeprecated: true}}, apply.Drifted, gate.ErrDeprecated, 2},
		{"deprecated and missing", old + missing, nil, false, gate.Options{Policy: apply.Policy{FailOnDeprecated: true}}, apply.Drifted, gate.ErrDrifted, 1},
		{"a declared endpoint is another one", "cluster { endpoint = \"https://192.0.2.1\" }\n" + served, nil, false, gate.Options{}, apply.Drifted, gate.ErrDrifted, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("*", tt.always)
			synctest.Test(t, func(t *testing.T) {
				result, err := gate.Check(t.Context(), direct{server, tt.silent}.client(), parse(t, tt.declaration), tt.options)
				if !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
					t.Errorf("the error is %v, want %v", err, tt.err)
				}
				if result == nil {
					t.Fatal("there is no result")
				}
				if result.Verdict.Status != tt.status || result.Passes != tt.passes || result.Plan == nil {
					t.Errorf("%+v, want %s after %d passes", result, tt.status, tt.passes)
				}
				if err != nil && !strings.HasSuffix(err.Error(), ": "+result.Summary) {
					t.Errorf("%q does not end in %q", err, result.Summary)
				}
			})
		})
	}
}

// TestCheckOfAnotherEndpoint tests that no request, and so no token, goes to a server
// other than the declared one.
func TestCheckOfAnotherEndpoint(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	_, err := gate.Check(t.Context(), direct{server: server}.client(), parse(t, "cluster { endpoint = \"https://192.0.2.1\" }\n"+served), gate.Options{})
	if !errors.Is(err, gate.ErrDrifted) || len(server.Requests()) > 0 {
		t.Errorf("%v, after %+v", err, server.Requests())
	}
}

// TestCheckThatIsEnded tests that an ended check never passes, whatever the policy
// allows, and says why it ended.
func TestCheckThatIsEnded(t *testing.T) {
	stopped := errors.New("the program stops")
	for name, tt := range map[string]struct {
		declaration string
		policy      apply.Policy
		want        error
	}{
		"what could not be determined": {served + "api \"v1\" {}\n", apply.Policy{AllowUndetermined: true}, gate.ErrUndetermined},
		"a warning":                    {served, apply.Policy{WarnOnly: true}, gate.ErrUndetermined},
	} {
		t.Run(name, func(t *testing.T) {
			server := apitest.New(t, apitest.Stock())
			server.Always("/apis", apitest.Refuse(503, "ServiceUnavailable", "down"))
			synctest.Test(t, func(t *testing.T) {
				ctx, end := context.WithCancelCause(t.Context())
				defer end(nil)
				result, err := gate.Check(ctx, direct{server: server}.client(), parse(t, tt.declaration), gate.Options{
					Wait: time.Hour, Policy: tt.policy, Waiting: func(gate.Result) { end(stopped) },
				})
				if !errors.Is(err, tt.want) || !errors.Is(err, stopped) || result.Passes != 1 {
					t.Errorf("%v, with %+v", err, result)
				}
			})
		})
	}
}

// TestCheckRefused tests that an error in the arguments is neither drift nor
// undetermined, and that nothing is asked.
func TestCheckRefused(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	for name, tt := range map[string]struct {
		declaration *config.Declaration
		options     gate.Options
		want        string
	}{
		"no declaration": {nil, gate.Options{}, "there is no declaration; see the diagnostics of config.Parse"},
		"a unit was left out": {
			parse(t, served), gate.Options{Wait: time.Minute, Interval: 5}, "Options.Interval must be 100ms at least",
		},
		"too little time": {
			parse(t, served), gate.Options{Wait: time.Second}, "Options.Wait 1s is too short for 2 passes that are 5s apart (Options.Interval)",
		},
		"a row of no passes": {
			parse(t, served), gate.Options{Wait: time.Minute, Consecutive: -1}, "Options.Consecutive must be 1 at least",
		},
		"a negative limit": {
			parse(t, served), gate.Options{Timeout: -time.Second}, "Options.Timeout and Options.Wait must not be negative",
		},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := gate.Check(t.Context(), direct{server: server}.client(), tt.declaration, tt.options)
			if err == nil || err.Error() != tt.want || result != nil {
				t.Errorf("%+v, %v, want %s", result, err, tt.want)
			}
			if errors.Is(err, gate.ErrDrifted) || errors.Is(err, gate.ErrUndetermined) {
				t.Errorf("%v says something about the cluster", err)
			}
		})
	}
	if len(server.Requests()) > 0 {
		t.Errorf("it asked %+v", server.Requests())
	}
}

// TestCheckWithoutAClient: a client that lacks something is an error too. It must not end
// the program.
func TestCheckWithoutAClient(t *testing.T) {
	whole := direct{}.client()
	for name, client := range map[string]*discovery.Client{
		"none":      nil,
		"no HTTP":   {Base: whole.Base},
		"no Base":   {HTTP: whole.HTTP},
		"no scheme": {HTTP: whole.HTTP, Base: &url.URL{Host: "10.96.0.1"}},
		"no host":   {HTTP: whole.HTTP, Base: &url.URL{Scheme: "https", Path: "/k8s"}},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := gate.Check(t.Context(), client, parse(t, served), gate.Options{})
			if err == nil || err.Error() != "the client must have HTTP and Base, with scheme and host" || result != nil {
				t.Errorf("%+v, %v", result, err)
			}
		})
	}
}
