package html

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "make the picture in README.md anew")

const (
	snapshots = "../../testdata/snapshots/"
	picture   = "../../docs/images/report.png"
	// largestPicture keeps the README quick to load, in bytes.
	largestPicture = 120_000
)

// releases is a declaration with something of everything.
const releases = `cluster {
  kubernetes = ">= 1.27"
  reason     = "The chart's kubeVersion."
  remedy     = "Upgrade the cluster, or stay on version 3 of the chart."
}

api "autoscaling/v2beta2" {
  served = false
  reason = "templates/autoscaler.yaml still has this version for old clusters."
  remedy = "Install version 4 of the chart: https://charts.example.com/web#upgrade"
}

api "resource.k8s.io/v1" {
  severity = "warning"
  reason   = "The workers can claim GPUs."
  remedy   = "Set gpus=false, or upgrade the cluster."
  resource "resourceclaims" {}
}

api "v1" {
  kind "Endpoints" { reason = "The leader election of version 3." }
}

api "networking.k8s.io/v1" {
  resource "ingresses" {
    scope = "Namespaced"
    verbs = ["create", "patch"]
  }
}

api "policy/v1" {
  kind "PodDisruptionBudget" {}
}
`

// hostile is a declaration whose texts try to be markup and to act.
const hostile = `api "example.com/v1" {
  resource "</title><script>alert(7)</script>" {}
  reason = "</td></tr></table></main><script>alert(1)</script><img src=x onerror=alert(2)>"
  remedy = <<-EOT
    https://example.com/"onmouseover="alert(3)
    javascript:alert(4) <a href="javascript:alert(5)">x</a> <style>*{display:none}</style>
    <!-- ]]> --> &lt;b&gt; ` + "\u202e" + `rotide <svg onload=alert(6)>
  EOT
}
check "a" {
  assert {
    condition     = served("example.com/v1")
    error_message = "<iframe srcdoc='<script>alert(8)</script>'></iframe> See https://example.com/a."
  }
}
`

// page is a report that the browser opens: what is judged, the exit code, and what is to be seen.
type page struct {
	name, declaration string
	args              []string
	code              int
	want              look
}

var pages = []page{
	{
		name: "satisfied", declaration: "api \"v1\" {\n  resource \"pods\" {}\n}\napi \"x/v1\" { enabled = false }\n",
		args: []string{"apply", "--snapshot", snapshots + "kubernetes.json"},
		want: look{Heading: "No drift", Requirements: 3},
	},
	{
		name: "drift", args: []string{"apply", "--snapshot", snapshots + "kubernetes.json", "../../examples/operator.hcl"}, code: 2,
		want: look{Heading: "Drift", Findings: 2, Requirements: 18},
	},
	{
		name: "undetermined", declaration: "api \"metrics.example.com/v1beta1\" {\n  resource \"pods\" {}\n}\n",
		args: []string{"apply", "--snapshot", snapshots + "kubernetes-crds.json"}, code: 3,
		want: look{Heading: "Undetermined", Findings: 1, Requirements: 2},
	},
	{
		name: "releases", declaration: releases, args: []string{"apply", "--release", "1.25..1.35"}, code: 2,
		want: look{Heading: "Drift", Findings: 4, Requirements: 10},
	},
	{
		name: "error", declaration: "api \"v1\" {\n  servd = true\n}\nvariable \"a\" {}\n", args: []string{"apply", "--release", "1.30"}, code: 1,
		want: look{Heading: "Error", Findings: 2},
	},
	{
		name: "hostile", declaration: hostile, args: []string{"apply", "--snapshot", snapshots + "kubernetes.json"}, code: 2,
		want: look{Heading: "Drift", Findings: 3, Requirements: 3},
	},
}

// look is what is to be seen of a page.
type look struct {
	Heading                string
	Findings, Requirements int
	Filter                 bool
	// TooWide is by how many pixels the page is wider than the screen.
	TooWide int
}

// seen is what the script says.
type seen struct {
	Pages []struct {
		Page, Mode string
		look
		// Acts are the attributes that could act or load something.
		Acts []string
		// Violations are those of axe-core's rules.
		Violations []string
		// Complaints are what the console has, and what was asked for.
		Complaints []string
	}
	Keys []struct {
		Page       string
		Steps      []step
		Complaints []string
	}
}

// step is what is to be seen after a key.
type step struct {
	Press, Focus           string
	Findings, Requirements int
	Shown                  string
}

// TestHTML opens reports in Chromium: in light and dark, on a phone, printed and without scripts.
func TestHTML(t *testing.T) {
	folder := t.TempDir()
	job := map[string]any{"folder": folder, "chromium": chromium(t), "shots": os.Getenv("KRECONCILE_TEST_SHOTS")}
	var names []string
	for _, p := range pages {
		render(t, filepath.Join(folder, p.name+".html"), p.declaration, p.code, p.args)
		names = append(names, p.name)
	}
	wantKeys := map[string][]step{
		"releases": {
			{"<Tab>", "query", 4, 10, "4 of 4 findings"},
			{"API endpoints", "query", 1, 1, "1 of 4 findings"},
			{"<Control+A>", "query", 1, 1, "1 of 4 findings"},
			{"<Delete>", "query", 4, 10, "4 of 4 findings"},
			{"<Tab>", "target", 4, 10, "4 of 4 findings"},
			{"<ArrowDown>", "target", 4, 10, "4 of 4 findings"},
			{"<End>", "target", 1, 10, "1 of 4 findings"},
			{"<Tab>", "Drift", 1, 10, "1 of 4 findings"},
			{"<Tab>", "Deprecated", 1, 10, "1 of 4 findings"},
			{"<Space>", "Deprecated", 0, 9, "0 of 4 findings"},
			{"<Tab>", "Satisfied", 0, 9, "0 of 4 findings"},
			{"<Space>", "Satisfied", 0, 0, "0 of 4 findings"},
			{"<Space>", "Satisfied", 0, 9, "0 of 4 findings"},
			{"<Tab>", "frame", 0, 9, "0 of 4 findings"},
			// A link to a finding that is not shown ends the filter.
			{"<Tab>", "cluster.kubernetes", 0, 9, "0 of 4 findings"},
			{"<Enter>", "page", 4, 10, "4 of 4 findings"},
		},
	}
	job["pages"] = names
	job["keys"] = pressed(wantKeys)
	if *update {
		path, err := filepath.Abs(picture)
		if err != nil {
			t.Fatal(err)
		}
		job["picture"] = map[string]string{"page": "releases", "path": path}
	}
	got := browse(t, job)
	if *update {
		reduce(t, picture)
	}
	for _, p := range got.Pages {
		t.Run(p.Page+" "+p.Mode, func(t *testing.T) {
			i := slices.IndexFunc(pages, func(o page) bool { return o.name == p.Page })
			want := pages[i].want
			want.Filter = p.Mode != "print" && p.Mode != "no script"
			if diff := cmp.Diff(want, p.look); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(p.Violations) > 0 {
				t.Errorf("axe-core finds\n%s", strings.Join(p.Violations, "\n"))
			}
			if len(p.Complaints) > 0 {
				t.Errorf("the page has\n%s", strings.Join(p.Complaints, "\n"))
			}
			if len(p.Acts) > 0 {
				t.Errorf("elements have the attributes %q", p.Acts)
			}
		})
	}
	for _, k := range got.Keys {
		t.Run("keys in "+k.Page, func(t *testing.T) {
			if diff := cmp.Diff(wantKeys[k.Page], k.Steps); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(k.Complaints) > 0 {
				t.Errorf("the page has\n%s", strings.Join(k.Complaints, "\n"))
			}
		})
	}
	if info, err := os.Stat(picture); err != nil || info.Size() > largestPicture {
		t.Errorf("the picture in README.md: %v, at most %d bytes", err, largestPicture)
	}
}
