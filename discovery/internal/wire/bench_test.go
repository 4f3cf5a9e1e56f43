package wire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// definitions is the aggregated document of a cluster with n CustomResourceDefinitions of two
// versions each, eight in a group.
func definitions(n int) string {
	groups := []string{}
	for first := 0; first < n; first += 8 {
		versions := []string{}
		for _, v := range []string{"v1", "v1beta1"} {
			resources := []string{}
			for i := first; i < min(first+8, n); i++ {
				kind := fmt.Sprintf(`"responseKind":{"group":"g%d.example.com","version":%q,"kind":"Widget%d"}`, first, v, i)
				resources = append(resources, fmt.Sprintf(`{"resource":"widgets%d",%s,"scope":"Namespaced","singularResource":"widget%d",`+
					`"verbs":["delete","deletecollection","get","list","patch","create","update","watch"],"shortNames":["w%d"],"categories":["all"],`+
					`"subresources":[{"subresource":"status",%s,"verbs":["get","patch","update"]}]}`, i, kind, i, i, kind))
			}
			versions = append(versions, fmt.Sprintf(`{"version":%q,"resources":[%s],"freshness":"Current"}`, v, strings.Join(resources, ",")))
		}
		groups = append(groups, fmt.Sprintf(`{"metadata":{"name":"g%d.example.com","creationTimestamp":null},"versions":[%s]}`, first, strings.Join(versions, ",")))
	}
	return listHead + "[" + strings.Join(groups, ",") + "]}"
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
