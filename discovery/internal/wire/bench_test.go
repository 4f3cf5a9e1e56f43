package wire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// definitions is the aggregated document of a cluster with n CustomResourceDefinitions of two
// versions each, about 1.1 KB for each.
func definitions(n int) string {
	var b strings.Builder
	b.WriteString(`{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"metadata":{"name":"g%d.example.com","creationTimestamp":null},"versions":[`, i)
		for _, v := range []string{"v1", "v1beta1"} {
			if v != "v1" {
				b.WriteByte(',')
			}
			kind := fmt.Sprintf(`"responseKind":{"group":"g%d.example.com","version":%q,"kind":"Widget%d"}`, i, v, i)
			fmt.Fprintf(&b, `{"version":%q,"resources":[{"resource":"widgets%d",%s,"scope":"Namespaced","singularResource":"widget%d",`+
				`"verbs":["delete","deletecollection","get","list","patch","create","update","watch"],"shortNames":["w%d"],"categories":["all"],`+
				`"subresources":[{"subresource":"status",%s,"verbs":["get","patch","update"]}]}],"freshness":"Current"}`, v, i, kind, i, i, kind)
		}
		b.WriteString("]}")
	}
	b.WriteString("]}")
	return b.String()
}

func BenchmarkDecodeAggregated(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		document := definitions(n)
		b.Run(fmt.Sprintf("%d definitions", n), func(b *testing.B) {
			b.SetBytes(int64(len(document)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := wire.DecodeAggregated(strings.NewReader(document), "GET /apis"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
