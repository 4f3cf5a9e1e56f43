package main

import (
	"slices"
	"strings"
	"testing"
)

// kindsOf returns a release that has only kinds, each as "group version, kind", and a resource of
// each that is on by default.
func kindsOf(minor int, kinds ...string) *release {
	r := &release{version: version{minor, 0}, facts: map[string]bool{}, lives: map[string]life{}}
	for _, k := range kinds {
		gv, kind, _ := strings.Cut(k, " ")
		r.facts[line("kind", gv, kind, ">type")] = true
		r.facts[line("resource", gv, strings.ToLower(kind)+"s", kind, "Cluster", "get", "", "", "", "on")] = true
		r.facts[line("resource", gv, strings.ToLower(kind)+"s/status", kind, "Cluster", "get", "", "", "", "on")] = true
	}
	return r
}

func TestLives(t *testing.T) {
	const old, beta, stable = "work.example/v1alpha1 Task", "work.example/v1beta1 Task", "work.example/v1 Task"
	for _, test := range []struct {
		name     string
		kind     string
		declared life
		// releases have the kinds of 1.90, 1.91 and 1.92.
		releases [3][]string
		want     life
	}{
		{"a plan that is kept", beta, life{"1.80", "1.90", "1.91", "work.example/v1", "Task"}, [3][]string{{beta}, {stable}, {stable}}, life{"1.80", "1.90", "1.91", "work.example/v1", "Task"}},
		{"a plan for later", beta, life{introduced: "1.80", removed: "1.95"}, [3][]string{{beta}, {beta}, {beta}}, life{introduced: "1.80", removed: "1.95"}},
		{"it came later", beta, life{introduced: "1.80"}, [3][]string{nil, {beta}, {beta}}, life{introduced: "1.91"}},
		{"it went earlier", beta, life{deprecated: "1.90", removed: "1.95"}, [3][]string{{beta}, {beta}, nil}, life{deprecated: "1.90", removed: "1.92"}},
		{"it went before it was deprecated", beta, life{deprecated: "1.93", removed: "1.96"}, [3][]string{{beta}, {beta}, nil}, life{removed: "1.92"}},
		{"it is still there", beta, life{deprecated: "1.80", removed: "1.92"}, [3][]string{{beta}, {beta}, {beta}}, life{deprecated: "1.80"}},
		{"nothing is declared", beta, life{}, [3][]string{{beta}, nil, nil}, life{removed: "1.91"}},
		{"nothing is known", beta, life{}, [3][]string{{beta}, {beta}, {beta}}, life{}},
		{"no release has it", beta, life{deprecated: "1.10", removed: "1.16"}, [3][]string{nil, nil, {stable}}, life{deprecated: "1.10", removed: "1.16"}},
		{"the preferred version replaces it", old, life{deprecated: "1.90"}, [3][]string{{old}, {old}, {old, beta, "other.example/v1 Task"}}, life{deprecated: "1.90", replacement: "work.example/v1beta1", replacementKind: "Task"}},
		{"a stable version is preferred", old, life{deprecated: "1.90"}, [3][]string{{old}, {old}, {old, beta, stable}}, life{deprecated: "1.90", replacement: "work.example/v1", replacementKind: "Task"}},
		{"the list of a replacement is declared", beta, life{deprecated: "1.90", replacement: "work.example/v1", replacementKind: "TaskList"}, [3][]string{{beta, stable}, {beta, stable}, {beta, stable}}, life{deprecated: "1.90", replacement: "work.example/v1", replacementKind: "Task"}},
		{"another kind is declared", beta, life{deprecated: "1.90", replacement: "work.example/v1", replacementKind: "Job"}, [3][]string{{beta}, {beta}, {beta}}, life{deprecated: "1.90", replacement: "work.example/v1", replacementKind: "Job"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var releases []*release
			for i, kinds := range test.releases {
				releases = append(releases, kindsOf(90+i, kinds...))
			}
			kind := strings.ReplaceAll(test.kind, " ", "\t")
			if test.declared != (life{}) {
				releases[0].lives[kind] = life{introduced: "1.1"}
				releases[1].lives[kind] = test.declared
			}
			if got := historyOf(releases).kinds()[kind]; got != test.want {
				t.Errorf("the lifecycle is %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestDeprecated(t *testing.T) {
	older := kindsOf(90, "old.example/v1beta1 Task", "old.example/v1beta1 Job", "old.example/v1 Task")
	newer := kindsOf(91, "old.example/v1beta1 Job", "old.example/v1 Task", "new.example/v1 Job", "v1 Secret")
	newer.lives = map[string]life{
		"old.example/v1beta1\tTask":    {"1.80", "1.88", "1.95", "old.example/v1", "Task"},
		"old.example/v1beta1\tJob":     {"1.80", "1.91", "", "new.example/v1", "Job"},
		"ancient.example/v1\tJob":      {"1.1", "1.2", "1.3", "new.example/v1", "Job"},
		"old.example/v1alpha1\tTask":   {"1.1", "1.2", "1.3", "", ""},
		"old.example/v1alpha1\tThread": {"1.1", "1.2", "1.3", "", ""},
		"v1\tSecret":                   {"1.0", "1.92", "1.99", "", ""},
	}
	want := []string{
		"ancient.example/v1", " Job jobs 1.1 1.2 1.3 new.example/v1 Job",
		"old.example/v1alpha1", " Task tasks 1.1 1.2 1.3  ",
		"old.example/v1beta1", " Job jobs 1.80 1.91  new.example/v1 Job", " Task tasks 1.80 1.88 1.91 old.example/v1 Task",
	}
	for range 3 {
		text := strings.ReplaceAll(string(deprecated([]*release{older, newer})), "\t", " ")
		got := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if !strings.HasPrefix(got[0], "#") || !slices.Equal(got[1:], want) {
			t.Errorf("the file is\n%s\nwant\n%s", text, strings.Join(want, "\n"))
		}
	}
}
