package discovery

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestFailureMessageIsOneShortLine(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"lines", "one\r\ntwo\n\n three\t4", "one two three 4"},
		{"bad UTF-8", "a\xffb", "a\uFFFDb"},
		{"exactly the limit", strings.Repeat("x", maxMessage), strings.Repeat("x", maxMessage)},
		{"one byte more", strings.Repeat("x", maxMessage+1), strings.Repeat("x", maxMessage-3) + "…"},
		{"cut between letters", strings.Repeat("é", maxMessage), strings.Repeat("é", (maxMessage-3)/2) + "…"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := failure("", InvalidResponse, nil, "%s", test.text).Message
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(got) > maxMessage || !utf8.ValidString(got) {
				t.Errorf("%d bytes, valid %v", len(got), utf8.ValidString(got))
			}
		})
	}
}

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
		{"long text", strings.Repeat("x", 300), `"` + strings.Repeat("x", maxQuote-3) + `…"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, refusalMessage([]byte(test.body))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFailedChecks(t *testing.T) {
	body := "[+]ping ok\n[-]etcd failed: reason withheld\n[+]log ok\n" +
		"[-]poststarthook/crd-informer-synced failed: not finished\n[-]\nreadyz check failed\n"
	want := []string{"etcd", "poststarthook/crd-informer-synced"}
	if diff := cmp.Diff(want, failedChecks([]byte(body))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParallelHandsAPanicOn(t *testing.T) {
	defer func() {
		if p := recover(); p != "broken" {
			t.Errorf("recovered %v", p)
		}
	}()
	parallel(func() {}, func() { panic("broken") })
	t.Error("no panic")
}
