package view_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

// BenchmarkFormats writes a result in which every requirement drifted, in each format.
func BenchmarkFormats(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		r := drift(b, n)
		for _, f := range view.ReportFormats() {
			b.Run(fmt.Sprintf("%s/%d", f.Name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := f.Report(io.Discard, r, view.Options{}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/finding")
			})
		}
	}
}

// drift is the report on n requirements that a server without named groups does not meet.
func drift(b *testing.B, n int) *report.Report {
	b.Helper()
	var source strings.Builder
	for i := range n {
		fmt.Fprintf(&source, "api \"group%d.example.com/v1\" {\n  reason = \"chart %d\"\n}\n", i, i)
	}
	// Sources that are loaded keep what is needed to show their lines.
	file := fstest.MapFS{"main.hcl": {Data: []byte(source.String())}}
	sources, _, diags := config.Load(file, nil, []string{"main.hcl"}, nil)
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	declaration, diags := config.Parse(sources, config.Inputs{})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	s := &discovery.Snapshot{Core: discovery.Known(discovery.Group{}), Named: discovery.Known([]discovery.Group{})}
	s.Confirmed.Known = true
	r := judged(apply.Diff(declaration, s), apply.Policy{})
	r.Command, r.Version, r.Sources, r.ExitCode = "apply", "v0.1.0", sources, 2
	return r
}
