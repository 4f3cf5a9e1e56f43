package openapi

import (
	"testing"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// A rule in CEL may reject a field only if it looks at it, or at all of what has it.
func TestCELTouches(t *testing.T) {
	tests := []struct {
		rule, path string
		want       bool
	}{
		{"self.mode == 'a'", "mode", true},
		{"self . mode == 'a'", "mode", true},
		{"self.?mode.orValue('') == 'a'", "mode", true},
		{"has(self.mode)", "mode", true},
		{"self.other == 'mode'", "mode", false},
		{"self.other == 'self.mode'", "mode", true},
		{"self.modes == 'a'", "mode", false},
		{"self.other.mode == 'a'", "mode", false},
		{"myself.mode == 'a' && self.other", "mode", false},
		{"self.other.self.mode == 'a'", "mode", false},
		{"self == self", "mode", true},
		{"self['mode'] == 'a'", "mode", true},
		{"size(self) > 1", "mode", true},
		{"self.size() > 1", "mode", true},
		{"self.all(k, k != 'mode')", "mode", true},
		{"[self.other, self][1].mode == 'a'", "mode", true},
		{"self.a == {'mode': 'x'}", "a.mode", true},
		{"self.a.other == 'x'", "a.mode", false},
		{"self.a.mode == 'x'", "a.mode", true},
		{"self.a.exists(x, x == 'y')", "a[]", true},
		{"self.a[0] == 'x'", "a[].mode", true},
		{"self.b.all(x, x.mode == 'a')", "a[].mode", false},
		{"self.labels.app == 'x'", "labels.*", true},
		{"self.my__dash__mode == 'a'", "my-mode", true},
		{"self.`my-mode` == 'a'", "my-mode", true},
		{"self.`my-other` == 'a'", "my-mode", false},
		{"self.__namespace__ == 'a'", "namespace", true},
		{"self.a__underscores__b == 'a'", "a__b", true},
		{"self // .other\n == self", "mode", true},
		{"false", "mode", true},
		{"", "mode", true},
	}
	for _, test := range tests {
		path, err := kubeapi.ParseFieldPath(test.path)
		if err != nil {
			t.Fatal(err)
		}
		if got := touches(test.rule, path); got != test.want {
			t.Errorf("%s touches %s: %t", test.rule, test.path, got)
		}
	}
}

// A rule that looks at the former object is not evaluated where there is none.
func TestCELTransitions(t *testing.T) {
	for rule, want := range map[string]bool{
		"self == oldSelf":                         true,
		"self.replicas >= oldSelf.replicas":       true,
		"self == 'oldSelf'":                       false,
		"self == \"oldSelf\"":                     false,
		"self > 1 // oldSelf":                     false,
		"self.oldSelf > 1":                        false,
		"self.all(oldSelf, oldSelf > 1)":          false,
		"self.oldSelfs > 1":                       false,
		"self.mode == 'a'":                        false,
		"!has(oldSelf.mode) || has(self.mode)":    true,
		"self.mode == 'a' || oldSelf.mode == 'a'": false,
	} {
		if got := isTransition(rule); got != want {
			t.Errorf("%s: %t", rule, got)
		}
	}
}
