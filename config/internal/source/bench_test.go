package source_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kreconcile/kreconcile/config/internal/source"
)

// BenchmarkLoad reads a folder of 1,000 files.
func BenchmarkLoad(b *testing.B) {
	folder := fstest.MapFS{}
	for i := range 1000 {
		folder[fmt.Sprintf("folder/%d.hcl", i)] = &fstest.MapFile{Data: bytes.Repeat([]byte("# x\n"), 250)}
	}
	b.ReportAllocs()
	for b.Loop() {
		sources, _, diags := source.Load(folder, strings.NewReader(""), []string{"folder"}, nil)
		if len(sources) != len(folder) {
			b.Fatal(len(sources), diags)
		}
	}
}
