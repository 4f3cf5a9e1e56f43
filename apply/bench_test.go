package apply_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2/hclparse"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// release returns a declaration of group versions with some resources each, in files
// of an accepted size, and a snapshot that satisfies it. The names of the groups are
// numbered from first on.
func release(first, groups, resources int) ([]config.Source, *discovery.Snapshot) {
	var sources []config.Source
	snapshot := &discovery.Snapshot{Core: discovery.Known(discovery.Group{})}
	snapshot.Named.Known = true
	var text bytes.Buffer
	for i := first; i < first+groups; i++ {
		name := fmt.Sprintf("group%d.example.com", i)
		version := discovery.Version{Name: "v1", Freshness: kubeapi.FreshnessCurrent}
		version.Resources.Known = true
		fmt.Fprintf(&text, "api %q {\n  reason = \"chart %d\"\n", name+"/v1", i)
		for j := range resources {
			resource := fmt.Sprintf("things%d", j)
			fmt.Fprintf(&text, "\n  resource %q {\n    scope = \"Namespaced\"\n    verbs = [\"get\", \"list\", \"watch\"]\n  }\n", resource)
			version.Resources.Value = append(version.Resources.Value, discovery.Resource{
				Name: resource, Kind: "Thing", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"delete", "get", "list", "watch"},
			})
		}
		text.WriteString("}\n\n")
		snapshot.Named.Value = append(snapshot.Named.Value, discovery.Group{Name: name, Preferred: "v1", Versions: []discovery.Version{version}})
		if text.Len() > config.MaxSourceSize/2 || i == first+groups-1 {
			sources = append(sources, config.Source{Name: fmt.Sprintf("%d.hcl", len(sources)), Bytes: bytes.Clone(text.Bytes())})
			text.Reset()
		}
	}
	return sources, snapshot
}

func parseAndDiff(b *testing.B, sources []config.Source, snapshot *discovery.Snapshot) {
	b.Helper()
	declaration, diags := config.Parse(sources, config.Inputs{})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	for _, f := range apply.Diff(declaration, snapshot).Findings {
		if f.Status != apply.Satisfied {
			b.Fatalf("%+v", f)
		}
	}
}

func parseAlone(b *testing.B, sources []config.Source) {
	b.Helper()
	for _, s := range sources {
		if _, diags := hclparse.NewParser().ParseHCL(s.Bytes, s.Name); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}

// BenchmarkParseAndDiff measures a parse with a diff, and its ratio to hclparse alone
// on the same files. The two run in turn, so that other load affects both.
func BenchmarkParseAndDiff(b *testing.B) {
	for _, size := range []struct{ groups, resources int }{{1_000, 5}, {1_000, 1}, {10_000, 1}} {
		groups := size.groups
		b.Run(fmt.Sprintf("%d blocks with %d", groups, size.resources), func(b *testing.B) {
			sources, snapshot := release(0, groups, size.resources)
			var ours, theirs time.Duration
			for b.Loop() {
				start := time.Now()
				parseAndDiff(b, sources, snapshot)
				between := time.Now()
				parseAlone(b, sources)
				ours, theirs = ours+between.Sub(start), theirs+time.Since(between)
			}
			b.ReportMetric(float64(ours)/float64(b.N)/float64(groups), "ns/block")
			b.ReportMetric(float64(theirs)/float64(b.N)/float64(groups), "hclparse-ns/block")
			b.ReportMetric(float64(ours)/float64(theirs), "times-hclparse")
		})
	}
}

// BenchmarkDiff judges declarations of different sizes against a server that serves as
// much, and against one that serves nothing. The time for each requirement is the same
// for all sizes.
func BenchmarkDiff(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		declaration, served := many(b, n)
		none := &discovery.Snapshot{Core: served.Core, Named: discovery.Known([]discovery.Group{})}
		none.Confirmed.Known = true
		for _, s := range []struct {
			name     string
			snapshot *discovery.Snapshot
		}{{"satisfied", served}, {"drifted", none}} {
			b.Run(fmt.Sprintf("%s/%d", s.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					apply.Diff(declaration, s.snapshot)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/requirement")
			})
		}
	}
}

// BenchmarkNeeds computes what 100,000 requirements need of a server.
func BenchmarkNeeds(b *testing.B) {
	declaration, served := many(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		apply.Needs(declaration, served)
	}
}

// many returns n requirements, which are more than the files of one declaration may hold,
// and a snapshot with n group versions and resources that satisfies them.
func many(b *testing.B, n int) (*config.Declaration, *discovery.Snapshot) {
	b.Helper()
	const resources, atOnce = 9, 100
	declaration := &config.Declaration{Requirements: n}
	all := &discovery.Snapshot{Core: discovery.Known(discovery.Group{})}
	all.Named.Known, all.Confirmed.Known = true, true
	for index := 0; index < n; index += atOnce * (1 + resources) {
		sources, served := release(len(all.Named.Value), min(atOnce, (n-index)/(1+resources)), resources)
		part, diags := config.Parse(sources, config.Inputs{})
		if diags.HasErrors() {
			b.Fatal(diags)
		}
		for _, api := range part.APIs {
			api.Index += index
			for _, r := range api.Resources {
				r.Index += index
			}
		}
		declaration.APIs = append(declaration.APIs, part.APIs...)
		all.Named.Value = append(all.Named.Value, served.Named.Value...)
	}
	return declaration, all
}
