package discovery_test

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// withCRDs is a stock cluster with n custom resources, eight in a group.
func withCRDs(n int) *discovery.Snapshot {
	s := apitest.Stock()
	for i := range n {
		if i%8 == 0 {
			s.Named.Value = append(s.Named.Value, discovery.Group{
				Name: fmt.Sprintf("group%d.example.com", i/8), Preferred: "v1",
				Versions: []discovery.Version{{
					Name: "v1", Freshness: kubeapi.FreshnessCurrent, Resources: discovery.Known([]discovery.Resource{}),
				}},
			})
		}
		list := &s.Named.Value[len(s.Named.Value)-1].Versions[0].Resources.Value
		*list = append(*list, discovery.Resource{
			Name: fmt.Sprintf("things%d", i), Singular: fmt.Sprintf("thing%d", i), Kind: fmt.Sprintf("Thing%d", i), Scope: kubeapi.ScopeCluster,
			Verbs: []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}, Categories: []string{"managed"},
			Subresources: []discovery.Subresource{{Name: "status", Kind: fmt.Sprintf("Thing%d", i), Verbs: []string{"get", "patch", "update"}}},
		})
	}
	return s
}

func sizes() []int { return []int{0, 2_000, 10_000} }

// BenchmarkLook fetches both documents over TLS, each time over a new connection.
func BenchmarkLook(b *testing.B) {
	for _, crds := range sizes() {
		b.Run(fmt.Sprint(crds), func(b *testing.B) {
			server := apitest.New(b, withCRDs(crds))
			base, err := url.Parse(server.URL())
			if err != nil {
				b.Fatal(err)
			}
			client := &discovery.Client{HTTP: server.Client(), Base: base}
			b.ReportAllocs()
			for b.Loop() {
				s, _ := client.Look(b.Context(), wanting(discovery.Needs{Documents: true}))
				if !s.Named.Known {
					b.Fatal(s.Named.Failure)
				}
				client.HTTP.CloseIdleConnections()
			}
		})
	}
}

func BenchmarkSave(b *testing.B) {
	for _, crds := range sizes() {
		b.Run(fmt.Sprint(crds), func(b *testing.B) {
			s := withCRDs(crds)
			b.ReportAllocs()
			for b.Loop() {
				if err := discovery.Save(io.Discard, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, crds := range sizes() {
		b.Run(fmt.Sprint(crds), func(b *testing.B) {
			var saved bytes.Buffer
			if err := discovery.Save(&saved, withCRDs(crds)); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(saved.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := discovery.Load(bytes.NewReader(saved.Bytes())); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
