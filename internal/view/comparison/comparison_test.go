package comparison_test

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/comparison"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/kubeapi"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// differences has every kind of change.
func differences() *report.Comparison {
	apps := kubeapi.GroupVersion{Group: "apps", Version: "v1"}
	deployments := compare.Change{GroupVersion: apps, Resource: "deployments"}
	field := compare.Change{GroupVersion: apps, Kind: "Deployment"}
	change := func(c compare.Change, how compare.How, what compare.What, name, older, newer string, breaking bool) compare.Change {
		c.How, c.What, c.Name, c.Old, c.New, c.Breaking = how, what, name, older, newer, breaking
		return c
	}
	in := func(c compare.Change, subresource, of string) compare.Change {
		c.Subresource, c.Of = subresource, of
		return c
	}
	changes := []compare.Change{
		change(compare.Change{GroupVersion: kubeapi.GroupVersion{Version: "v1"}, Resource: "pods"}, compare.Removed, compare.Resource, "", "Pod", "", true),
		change(compare.Change{GroupVersion: kubeapi.GroupVersion{Group: "apps"}}, compare.Changed, compare.PreferredVersion, "", "v1beta1", "v1", false),
		change(deployments, compare.Changed, compare.Kind, "", "Deployment", "Rollout", true),
		change(deployments, compare.Changed, compare.Scope, "", "Namespaced", "Cluster", true),
		change(deployments, compare.Removed, compare.Verb, "patch", "patch", "", true),
		change(deployments, compare.Added, compare.ShortName, "deploy", "", "deploy", false),
		in(change(deployments, compare.Added, compare.Subresource, "", "", "Scale", false), "scale", ""),
		in(change(deployments, compare.Removed, compare.Verb, "get", "get", "", true), "status", ""),
		in(change(field, compare.Removed, compare.Field, "spec.a.x", "string, required", "", true), "", "A.x"),
		in(change(field, compare.Removed, compare.Field, "spec.b.x", "string, required", "", true), "", "A.x"),
		in(change(field, compare.Removed, compare.Field, "spec.c.x", "string, required", "", true), "", "A.x"),
		in(change(field, compare.Changed, compare.FieldType, "", "object", "map", true), "", "B.x"),
		in(change(field, compare.Changed, compare.FieldRequired, "spec.d.x", "required", "optional", false), "", "C.x"),
		in(change(field, compare.Changed, compare.FieldRequired, "spec.e.x", "required", "optional", false), "", "C.x"),
		change(field, compare.Changed, compare.FieldEnum, "spec.mode", "any string", "A|`B`\x1b[31m\n::error::", true),
		change(compare.Change{GroupVersion: kubeapi.GroupVersion{Group: "batch", Version: "v1"}}, compare.Added, compare.GroupVersion, "", "", "CronJob, Job", false),
	}
	return &report.Comparison{
		Old: &report.Origin{Release: &report.Release{Version: "1.36", Source: "1.36.3"}},
		New: &report.Origin{
			Endpoint: "https://10.0.0.1:443", ServerVersion: "v1.37.2",
			Snapshot: &report.SnapshotFile{Path: "cluster.json", Time: time.Date(2026, 1, 31, 11, 0, 0, 0, time.UTC)},
		},
		Result: &compare.Result{Changes: changes, Unknown: []compare.Gap{
			{What: "fields_of_kinds", Names: []string{"v1 A", "v1 B", "v1 C", "v1 D"}, Failure: &discovery.Failure{Code: discovery.NotRecorded, Message: "no|fields"}},
			{What: "short_names", Old: true, Failure: &discovery.Failure{Code: discovery.NotInCatalogue, Message: "not published"}},
		}},
		ExitCode: 2,
	}
}

func TestGolden(t *testing.T) {
	all, breaking := differences(), differences()
	breaking.Breaking, breaking.Result = true, breaking.Result.Breaking()
	plain, loud := console.Options{}, console.Options{Color: true, Verbose: true}
	golden(t, "comparison.txt", comparison.Text, all, plain)
	golden(t, "comparison.json", comparison.JSON, all, plain)
	golden(t, "comparison.md", comparison.Markdown, all, plain)
	golden(t, "comparison-breaking.txt", comparison.Text, breaking, plain)
	golden(t, "comparison-breaking.json", comparison.JSON, breaking, plain)
	golden(t, "comparison-breaking.md", comparison.Markdown, breaking, plain)
	golden(t, "comparison-color.txt", comparison.Text, all, loud)
}

type writer = func(io.Writer, *report.Comparison, console.Options) error

// golden compares what is written with a file.
func golden(t *testing.T, name string, write writer, c *report.Comparison, o console.Options) {
	t.Helper()
	got := written(t, write, c, o)
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", name, diff)
	}
}

func written(t *testing.T, write writer, c *report.Comparison, o console.Options) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, c, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A kind of change that has no words panics.
func TestEveryChangeHasWords(t *testing.T) {
	for _, what := range compare.Whats() {
		for _, how := range []compare.How{compare.Added, compare.Removed, compare.Changed} {
			if report.ChangeText(compare.Change{How: how, What: what, Old: "a", New: "b"}) == "" {
				t.Errorf("%s %s has no words", how, what)
			}
		}
	}
}

func TestComparisonVerdicts(t *testing.T) {
	release := func(version string) *report.Origin { return &report.Origin{Release: &report.Release{Version: version}} }
	one := []compare.Change{{How: compare.Added, What: compare.GroupVersion}}
	broken := []compare.Change{{How: compare.Removed, What: compare.GroupVersion, Breaking: true}, {How: compare.Added, What: compare.GroupVersion}}
	gaps := []compare.Gap{{What: "groups", Failure: &discovery.Failure{}}}
	for want, c := range map[string]*report.Comparison{
		"No difference from 1.36 to 1.37 was found.":                                           {Result: &compare.Result{}},
		"No difference from 1.36 to 1.37 was found. Not everything could be compared.":         {Result: &compare.Result{Unknown: gaps}},
		"No change from 1.36 to 1.37 that can break a client was found.":                       {Breaking: true, Result: &compare.Result{}},
		"1 change from 1.36 to 1.37. None can break a client.":                                 {Result: &compare.Result{Changes: one}},
		"2 changes from 1.36 to 1.37. 1 can break a client. Not everything could be compared.": {Result: &compare.Result{Changes: broken, Unknown: gaps}},
		"1 change from 1.36 to 1.37 can break a client.":                                       {Breaking: true, Result: &compare.Result{Changes: broken[:1]}},
	} {
		c.Old, c.New = release("1.36"), release("1.37")
		if got := c.Verdict(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// Markdown fits into a comment, however many changes there are.
func TestLargeComparison(t *testing.T) {
	c := differences()
	for range 12 {
		c.Result.Changes = append(c.Result.Changes, c.Result.Changes...)
	}
	got := written(t, comparison.Markdown, c, console.Options{})
	if len(got) > 65536 || !strings.Contains(got, "more: the outputs text and json list all.") {
		t.Errorf("%d bytes", len(got))
	}
}
