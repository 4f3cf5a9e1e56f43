package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
)

func TestParse(t *testing.T) {
	all := catalog.Releases()
	first, last := all[0].String(), all[len(all)-1].String()
	for _, test := range []struct {
		values []string
		// want are versions, each with its patch.
		want string
	}{
		{nil, ""},
		{[]string{"1.34"}, "1.34"},
		{[]string{"v1.34"}, "1.34"},
		{[]string{"1.34.2"}, "1.34.2=v1.34.2"},
		{[]string{"1.34, 1.33"}, "1.34 1.33"},
		{[]string{"1.34", "1.33..1.35,1.34"}, "1.34 1.33 1.35"},
		{[]string{"1.34,1.34.0"}, "1.34 1.34.0=v1.34.0"},
		{[]string{".." + first}, first},
		{[]string{last + ".."}, last},
	} {
		selections, err := catalog.Parse(test.values)
		if err != nil {
			t.Errorf("%q: %v", test.values, err)
		}
		var got []string
		for _, s := range selections {
			text := s.Version
			if s.Patch != "" {
				text += "=" + s.Patch
			}
			if !strings.HasPrefix(s.Version, s.Release.String()) {
				t.Errorf("%q: %s is not of %s", test.values, s.Version, s.Release)
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.values, diff)
		}
	}
	if selections, err := catalog.Parse([]string{"all"}); err != nil || len(selections) != len(all) {
		t.Errorf("all: %d of %d releases, %v", len(selections), len(all), err)
	}
}

func TestParseRefuses(t *testing.T) {
	all := catalog.Releases()
	known := " is no release that kreconcile knows: it knows " + all[0].String() + " to " + all[len(all)-1].String()
	for value, want := range map[string]string{
		"":                 `: ""` + known,
		"1.2":              `1.2: "1.2"` + known,
		"1.34,1.99":        `1.34,1.99: "1.99"` + known,
		"1.34.2-gke.1":     `1.34.2-gke.1: "1.34.2-gke.1"` + known,
		"1.35..1.34":       "1.35..1.34: 1.35 is newer than 1.34",
		"1.33.1..1.34":     "1.33.1..1.34: a range is of minor releases, such as " + all[0].String() + ".." + all[len(all)-1].String(),
		"1.33..1.34..1.35": `1.33..1.34..1.35: "1.34..1.35"` + known,
	} {
		if _, err := catalog.Parse([]string{value}); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", value, err, want)
		}
	}
}
