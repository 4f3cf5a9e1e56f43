package wire_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

func TestAggregatedReadsBack(t *testing.T) {
	want := apitest.Stock()
	for _, version := range []string{"v2", "v2beta1"} {
		got, err := wire.DecodeAggregated(bytes.NewReader(apitest.Aggregated(want.Named.Value, version)), "GET /apis")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Named.Value, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
}

func BenchmarkAggregated(b *testing.B) {
	src := apitest.Aggregated(apitest.Stock().Named.Value, "v2")
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.DecodeAggregated(bytes.NewReader(src), "GET /apis"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAggregatedOperators is a cluster with 200 more groups of CRDs.
func BenchmarkAggregatedOperators(b *testing.B) {
	groups := apitest.Stock().Named.Value
	for i := range 200 {
		g := groups[i%18]
		g.Name = strings.Repeat("x", i%7+1) + "." + g.Name + ".example.com"
		g.Name = string(rune('a'+i%26)) + string(rune('a'+i/26)) + g.Name
		groups = append(groups, g)
	}
	src := apitest.Aggregated(groups, "v2")
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.DecodeAggregated(bytes.NewReader(src), "GET /apis"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAggregatedCRDs is a document with 2,000 CRDs.
func BenchmarkAggregatedCRDs(b *testing.B) {
	stock := apitest.Stock().Named.Value
	var groups []model.Group
	for i := range 2000 {
		g := stock[0]
		g.Name = fmt.Sprintf("g%d.example.com", i)
		v := g.Versions[0]
		v.Resources = model.Known(v.Resources.Value[:1])
		g.Versions = []model.Version{v}
		groups = append(groups, g)
	}
	src := apitest.Aggregated(groups, "v2")
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.DecodeAggregated(bytes.NewReader(src), "GET /apis"); err != nil {
			b.Fatal(err)
		}
	}
}
