package wire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

func TestRefusalMessage(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"empty", "", ""},
		{"blank", " \n", ""},
		{"Status", `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"no way","reason":"Forbidden","code":403}`, "no way"},
		{"Status with the message first", `{"message":"no way","kind":"Status"}`, "no way"},
		{"Status without a message", `{"kind":"Status"}`, `"{\"kind\":\"Status\"}"`},
		{"other JSON", `{"message":"no way"}`, `"{\"message\":\"no way\"}"`},
		{"text", "404 page not found\n", `"404 page not found"`},
		{"escape sequences", "\x1b[31mred", `"\x1b[31mred"`},
		{"long text", strings.Repeat("x", 300), `"` + strings.Repeat("x", text.MaxQuote-3) + `…"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, wire.RefusalMessage([]byte(test.body))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFailedChecks(t *testing.T) {
	body := "[+]ping ok\n[-]etcd failed: reason withheld\n[+]log ok\n" +
		"[-]poststarthook/crd-informer-synced failed: not finished\n[-]\nreadyz check failed\n"
	want := []string{"etcd", "poststarthook/crd-informer-synced"}
	if diff := cmp.Diff(want, wire.FailedChecks([]byte(body))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
