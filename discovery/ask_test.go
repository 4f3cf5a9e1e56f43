package discovery_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

const (
	v2JSON    = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	plainJSON = "application/json"
)

var documents = discovery.Needs{Documents: true}

// asker is a client whose waits are recorded and take no time.
type asker struct {
	*discovery.Client
	mu    sync.Mutex
	waits []time.Duration
}

// ignoreErr leaves out of a comparison what is only for advice, and is not saved. A test of
// its own is about that.
var ignoreErr = cmpopts.IgnoreFields(discovery.Failure{}, "Err", "Request", "Status", "Cause", "Proxy", "User")

func ask(t *testing.T, server *apitest.Server) *asker {
	t.Helper()
	base, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	a := &asker{}
	a.Client = &discovery.Client{
		HTTP: server.Client(),
		Base: base,
		Sleep: func(ctx context.Context, d time.Duration) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.waits = append(a.waits, d)
			return ctx.Err()
		},
		Rand:   func() float64 { return 0 },
		Redact: func(text string) string { return strings.ReplaceAll(text, "secret-token", "[token]") },
		Now:    func() time.Time { return time.Date(2026, time.January, 31, 12, 0, 0, 0, time.UTC) },
	}
	return a
}

func (a *asker) fetch(n discovery.Needs) *discovery.Snapshot {
	s := &discovery.Snapshot{}
	a.Fetch(context.Background(), s, n)
	return s
}

// wanting needs n, once.
func wanting(n discovery.Needs) func(*discovery.Snapshot) discovery.Needs {
	return func(s *discovery.Snapshot) discovery.Needs {
		left := n
		left.Documents = n.Documents && !s.Core.Asked()
		left.Version = n.Version && !s.Version.Asked()
		left.ServerAddresses = n.ServerAddresses && !s.ServerAddresses.Asked()
		if len(s.Reviews) > 0 {
			left.Reviews = nil
		}
		if len(s.Fields) > 0 {
			left.Fields = nil
		}
		return left
	}
}

// again gives the snapshots of all looks that LookAgain takes.
func (a *asker) again(needs func(*discovery.Snapshot) discovery.Needs) []*discovery.Snapshot {
	return slices.Collect(a.LookAgain(context.Background(), needs))
}

func checkFailure(t *testing.T, got *discovery.Failure, code discovery.FailureCode, message string) {
	t.Helper()
	if diff := cmp.Diff(&discovery.Failure{Code: code, Message: message}, got, ignoreErr); diff != "" {
		t.Errorf("failure (-want +got):\n%s", diff)
	}
	if got != nil && got.Request != "" && !strings.HasPrefix(got.Message, got.Request+": ") {
		t.Errorf("the request is %q, and the message %q", got.Request, got.Message)
	}
}

func checkCause(t *testing.T, got *discovery.Failure, want discovery.Cause) {
	t.Helper()
	if got == nil || got.Cause != want {
		t.Errorf("the cause is not %q: %+v", want, got)
	}
}
