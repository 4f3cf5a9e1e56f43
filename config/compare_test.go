//go:build unix

package config_test

import (
	"runtime"
	"slices"
	"syscall"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"

	"github.com/kreconcile/kreconcile/config"
)

// BenchmarkShare parses the same bytes in turn with Parse and with hcl alone, and reports the
// ratio of the medians. Each begins with an empty heap, as in the program. The benchmark counts
// processor time, which other work on the machine disturbs little:
//
//	go test ./config -run '^$' -bench Share -benchtime 20x
func BenchmarkShare(b *testing.B) {
	text := large()
	var own, alone []int64
	for b.Loop() {
		own = append(own, processorTime(func() {
			if _, diags := config.Parse([]config.Source{{Name: "main.hcl", Bytes: text}}, config.Inputs{}); diags.HasErrors() {
				b.Fatal(diags)
			}
		}))
		alone = append(alone, processorTime(func() {
			if _, diags := hclparse.NewParser().ParseHCL(text, "main.hcl"); diags.HasErrors() {
				b.Fatal(diags)
			}
		}))
	}
	slices.Sort(own)
	slices.Sort(alone)
	b.ReportMetric(float64(own[len(own)/2])/float64(alone[len(alone)/2]), "share")
}

// processorTime returns how long all processors worked for f, garbage collection included.
func processorTime(f func()) int64 {
	runtime.GC()
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	f()
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	return after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
}
