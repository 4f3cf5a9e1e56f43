package flags_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/kreconcile/kreconcile/internal/flags"
)

// Each target is in one part, the parts are of nearly the same size, and the order of the targets does not matter.
func TestParts(t *testing.T) {
	targets := []string{"e", "a", "d", "c", "b", "a"}
	for of := 1; of <= len(targets); of++ {
		var all []string
		for i := range of {
			var shard flags.Shard
			if err := shard.Set(fmt.Sprintf("%d/%d", i, of)); err != nil {
				t.Fatal(err)
			}
			part, err := flags.Part(shard, targets, func(s string) string { return s })
			if err != nil || len(part) < len(targets)/of || len(part) > (len(targets)+of-1)/of {
				t.Errorf("part %s is %q, %v", &shard, part, err)
			}
			reversed := slices.Clone(targets)
			slices.Reverse(reversed)
			if other, _ := flags.Part(shard, reversed, func(s string) string { return s }); !slices.Equal(part, other) {
				t.Errorf("part %s is %q, or %q in another order", &shard, part, other)
			}
			all = append(all, part...)
		}
		slices.Sort(all)
		if want := []string{"a", "a", "b", "c", "d", "e"}; !slices.Equal(all, want) {
			t.Errorf("%d parts have %q", of, all)
		}
	}
}

func TestWrongParts(t *testing.T) {
	for _, text := range []string{"", "1", "/", "1/", "/2", "-1/2", "2/2", "0/0", "a/b", "0/2/3", "0.5/2"} {
		if err := new(flags.Shard).Set(text); err == nil {
			t.Errorf("%q is a part", text)
		}
	}
}
