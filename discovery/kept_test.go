package discovery_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestNotModified: a client that asks again gets only what has changed, and judges
// by the same document as one that asks for the first time.
func TestNotModified(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	a := ask(t, server)
	first := a.fetch(documents)
	received := a.Stats().Bytes

	if diff := cmp.Diff(first, a.fetch(documents)); diff != "" {
		t.Errorf("unchanged (-first +second):\n%s", diff)
	}
	if want := (discovery.Stats{Requests: 4, NotModified: 2, Bytes: received}); a.Stats() != want {
		t.Errorf("unchanged: %+v, want %+v", a.Stats(), want)
	}

	// Freshness is part of what the tag is made from.
	stale := apitest.Stock()
	stale.Named.Value[0].Versions[0].Freshness = kubeapi.FreshnessStale
	server.SetSnapshot(stale)
	second := a.fetch(documents)
	if diff := cmp.Diff(ask(t, server).fetch(documents), second, ignoreErr); diff != "" {
		t.Errorf("changed (-another client +this one):\n%s", diff)
	}
	if n := a.Stats().NotModified; n != 3 {
		t.Errorf("%d answers were 304, want that to /api, too", n)
	}

	// What comes back is not in the way of what was there before.
	server.SetSnapshot(apitest.Stock())
	if diff := cmp.Diff(first, a.fetch(documents)); diff != "" {
		t.Errorf("changed back (-first +last):\n%s", diff)
	}
}

// TestNotModifiedAfterFailure: what failed in between is asked for by the tag of
// the document that came before it.
func TestNotModifiedAfterFailure(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	a := ask(t, server)
	first := a.fetch(documents)
	server.Script("/apis", apitest.Refuse(403, "Forbidden", "no"))
	if f := a.fetch(documents).Named.Failure; f == nil || f.Code != discovery.Forbidden {
		t.Errorf("failure %v", f)
	}
	if diff := cmp.Diff(first, a.fetch(documents)); diff != "" {
		t.Errorf("(-first +last):\n%s", diff)
	}
}

// TestNotModifiedUnasked: 304 is an answer only to a request that named a tag, and
// no tag is named but a strong one of an aggregated document.
func TestNotModifiedUnasked(t *testing.T) {
	document := string(apitest.Aggregated(apitest.Stock().Named.Value, string(apitest.V2)))
	for name, tag := range map[string]string{
		"none": "", "weak": `W/"1"`, "empty": `""`, "not quoted": `1`, "quoted within": `"a"b"`, "a space within": `"a b"`,
		"too long": `"` + strings.Repeat("a", 300) + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{"ETag", tag}
			if tag == "" {
				headers = nil
			}
			server := apitest.New(t, apitest.Stock())
			server.Script("/apis", apitest.Reply(200, v2JSON, document, headers...), apitest.Reply(304, "", ""))
			a := ask(t, server)
			a.fetch(documents)
			checkFailure(t, a.fetch(documents).Named.Failure, discovery.InvalidResponse,
				"GET /apis: 304 Not Modified: nothing was asked that could be unmodified")
		})
	}
	t.Run("plain", func(t *testing.T) {
		server := apitest.New(t, apitest.Stock(), apitest.Forms(apitest.Plain))
		server.Always("/apis", apitest.Reply(200, plainJSON, string(apitest.APIGroupList(nil)), "ETag", `"1"`))
		a := ask(t, server)
		a.fetch(documents)
		a.fetch(documents)
		if statuses := statuses(server); slices.Contains(statuses, 304) || a.Stats().NotModified != 0 {
			t.Errorf("the statuses are %d", statuses)
		}
		server.Script("/apis", apitest.Reply(304, "", ""))
		if f := a.fetch(documents).Named.Failure; f == nil || f.Code != discovery.InvalidResponse {
			t.Errorf("failure %v", f)
		}
	})
}

// TestNotModifiedOfAnother: a cache that mixes what several servers say may answer
// 304 for another document than the one whose tag was named. The next time, the
// whole document is asked for.
func TestNotModifiedOfAnother(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	a := ask(t, server)
	first := a.fetch(documents)
	server.Script("/apis", apitest.Reply(304, "", "", "ETag", `"another"`))
	checkFailure(t, a.fetch(documents).Named.Failure, discovery.InvalidResponse,
		"GET /apis: 304 Not Modified, and of another document than the one asked for")
	before := a.Stats().NotModified
	if diff := cmp.Diff(first, a.fetch(documents)); diff != "" {
		t.Errorf("(-first +last):\n%s", diff)
	}
	if n := a.Stats().NotModified - before; n != 1 {
		t.Errorf("%d answers were 304, want that to /api alone", n)
	}
}

func statuses(server *apitest.Server) []int {
	var statuses []int
	for _, r := range server.Requests() {
		statuses = append(statuses, r.Status)
	}
	return statuses
}

// TestLookAgainNotModified: in another look, nothing comes twice either.
func TestLookAgainNotModified(t *testing.T) {
	server := apitest.New(t, apitest.Stock())
	a := ask(t, server)
	a.Look(t.Context(), wanting(documents))
	received := a.Stats().Bytes
	s := a.again(wanting(documents))[0]
	if !s.Confirmed.Known || a.Stats().NotModified != 2 {
		t.Errorf("confirmed %+v, %+v", s.Confirmed, a.Stats())
	}
	if more := a.Stats().Bytes - received; more != int64(len("ok")) {
		t.Errorf("%d bytes more", more)
	}
}
