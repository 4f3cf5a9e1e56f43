package lang

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

func TestWhere(t *testing.T) {
	tests := []struct {
		name             string
		block, attribute bool
		want             string
	}{
		{"resource", true, false, ` It belongs in an api block, as in api "apps/v1" { … }.`},
		{"field", true, false, " It belongs in a block of type kind or resource."},
		{"resource", false, true, ""},
		{"resources", false, true, " It belongs in a block of type permission."},
		{"preferred", true, true, ` It belongs in an api block, as in api "apps/v1" { … }.`},
		{"reason", false, true, ` It belongs in an api block, as in api "apps/v1" { … }.`},
		{"condition", false, true, " It belongs in a block of type assert or validation."},
		{"unheard_of", true, true, ""},
	}
	for _, test := range tests {
		if got := File().Where(test.name, test.block, test.attribute); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestBodyHasDynamicBlocksWhereTheyMakeSomething(t *testing.T) {
	with := map[string]bool{"": true, "api": true, "resource": true, "kind": true, "check": true}
	for name, b := range File().Index() {
		isDynamic := func(h hcl.BlockHeaderSchema) bool { return h.Type == Dynamic }
		if got := slices.ContainsFunc(b.Body().Blocks, isDynamic); got != with[name] {
			t.Errorf("%q: %t", name, got)
		}
		if first := b.Body(); first != b.Body() {
			t.Errorf("%q: the schema is made more than once", name)
		}
	}
}

func TestLabelsOfDynamicBlocks(t *testing.T) {
	for name, want := range map[string]string{"api": "for_each iterator labels", "check": "for_each iterator labels", "assert": "for_each iterator"} {
		var got []string
		for _, a := range DynamicBlock(File().Index()[name]).Attributes {
			got = append(got, a.Name)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
