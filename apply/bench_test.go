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
// of an accepted size, and a snapshot that satisfies it.
func release(groups, resources int) ([]config.Source, *discovery.Snapshot) {
	var sources []config.Source
	snapshot := &discovery.Snapshot{Core: discovery.Known(discovery.Group{})}
	snapshot.Named.Known = true
	var text bytes.Buffer
	for i := range groups {
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
		if text.Len() > config.MaxSourceSize/2 || i == groups-1 {
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
			sources, snapshot := release(groups, size.resources)
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

// BenchmarkDiff judges 100,000 requirements, and computes what they need.
func BenchmarkDiff(b *testing.B) {
	const times = 10
	sources, served := release(1_000, 9)
	once, diags := config.Parse(sources, config.Inputs{})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	declaration := &config.Declaration{Requirements: times * once.Requirements}
	for i := range times {
		for _, api := range once.APIs {
			again := *api
			again.Index += i * once.Requirements
			again.Resources = nil
			for _, r := range api.Resources {
				other := *r
				other.Index += i * once.Requirements
				again.Resources = append(again.Resources, &other)
			}
			declaration.APIs = append(declaration.APIs, &again)
		}
	}
	none := &discovery.Snapshot{Core: served.Core, Named: discovery.Known([]discovery.Group{})}
	none.Confirmed.Known = true
	for _, s := range []struct {
		name     string
		snapshot *discovery.Snapshot
	}{{"satisfied", served}, {"drifted", none}} {
		b.Run("Diff "+s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				apply.Diff(declaration, s.snapshot)
			}
		})
		b.Run("Needs "+s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				apply.Needs(declaration, s.snapshot)
			}
		})
	}
}
