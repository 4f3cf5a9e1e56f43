package support_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// BenchmarkReleases judges 1,000 requirements by every release on board. It reports the
// median, which other load on the machine affects less than the mean.
func BenchmarkReleases(b *testing.B) {
	for name, text := range map[string]string{"fields": deepFields(), "resources": resources()} {
		b.Run(name, func(b *testing.B) {
			d, diags := config.Parse([]config.Source{{Name: "x.hcl", Bytes: []byte(text)}}, config.Inputs{})
			if diags.HasErrors() || d.Requirements < 1_000 {
				b.Fatal(diags)
			}
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				for _, r := range catalog.Releases() {
					run.Release(r, "", run.Changes{}, d)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
		})
	}
}

// deepFields requires a thousand fields of Pods in Deployments, each with its type.
func deepFields() string {
	all := catalog.Releases()
	newest := all[len(all)-1]
	apps := kubeapi.GroupVersion{Group: "apps", Version: "v1"}
	var b strings.Builder
	b.WriteString("api \"apps/v1\" {\n kind \"Deployment\" {\n")
	left := 1_000
	var walk func(at kubeapi.FieldPath)
	walk = func(at kubeapi.FieldPath) {
		for _, name := range newest.FieldNames(apps, "Deployment", at) {
			path := append(slices.Clone(at), kubeapi.FieldStep{Name: name})
			if left--; left < 0 {
				return
			}
			fmt.Fprintf(&b, "  field %q {}\n", path)
			walk(path)
			walk(append(path, kubeapi.FieldStep{Kind: kubeapi.StepItems}))
		}
	}
	walk(kubeapi.FieldPath{{Name: "spec"}, {Name: "template"}})
	b.WriteString(" }\n}\n")
	return b.String()
}

// resources requires a thousand resources of several groups.
func resources() string {
	return strings.Repeat(`
api "apps/v1" {
  resource "deployments" {
    verbs = ["get", "list"]
    subresources = ["scale"]
  }
  resource "statefulsets" { scope = "Namespaced" }
}
api "batch/v1" {
  resource "cronjobs" { kind = "CronJob" }
}
api "resource.k8s.io/v1" {
  resource "resourceclaims" {}
}
`, 1_000/8)
}
