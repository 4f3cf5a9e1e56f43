package wire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// TestRepeatedLists tests that a list which is written like another one, or begins like it, is
// read as what it is.
func TestRepeatedLists(t *testing.T) {
	long := strings.Repeat("x", 200)
	lists := map[string][]string{
		`["get","list"]`: {"get", "list"}, `[ "get" ]`: {"get"}, `["get" ]`: {"get"}, `["a]b","c"]`: {"a]b", "c"}, `["a]","c"]`: {"a]", "c"},
		`["a\u005d"]`: {"a]"}, `[]`: nil, `null`: nil, `["]"]`: {"]"}, `["` + long + `","` + long + `"]`: {long, long},
	}
	var b strings.Builder
	var want [][]string
	for range 3 {
		for source, list := range lists {
			fmt.Fprintf(&b, `,{"resource":"r%d","verbs":%s}`, len(want), source)
			want = append(want, list)
		}
	}
	groups, err := wire.DecodeAggregated(strings.NewReader(listHead+`[{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[`+b.String()[1:]+`]}]}]}`), "GET /apis")
	if err != nil {
		t.Fatal(err)
	}
	if f := groups[0].Versions[0].Resources.Failure; f != nil {
		t.Fatal(f.Message)
	}
	var got [][]string
	for _, r := range groups[0].Versions[0].Resources.Value {
		got = append(got, r.Verbs)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, broken := range []string{`["get","list"],["get","list"]`, `["get","list"],"verbs":["get","list"]`, `["get","list"]]`} {
		source := listHead + `[{"metadata":{"name":"a"},"versions":[{"version":"v1","resources":[{"verbs":["get","list"]},{"verbs":` + broken + `}]}]}]}`
		if _, err := wire.DecodeAggregated(strings.NewReader(source), "GET /apis"); err == nil {
			t.Errorf("%s is read", broken)
		}
	}
}
