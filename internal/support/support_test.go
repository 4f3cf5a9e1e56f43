package support_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/Masterminds/semver/v3"
	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/internal/support"
)

func parse(t *testing.T, text string) *config.Declaration {
	t.Helper()
	d, diags := config.Parse([]config.Source{{Name: "x.hcl", Bytes: []byte(text)}}, config.Inputs{AllowEmpty: true})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return d
}

func of(d *config.Declaration) *support.Support {
	return support.Of(d, catalog.Releases(), func(r catalog.Release) *apply.Plan { return run.Release(r, "", run.Changes{}, d) })
}

const (
	cronJob = `
api "batch/v1" {
  kind "CronJob" {
    field "spec.timeZone" {}
  }
}
`
	// flowV1beta3 is served in 1.26 to 1.31, and flowV1 from 1.29 on.
	flowV1beta3 = "api \"flowcontrol.apiserver.k8s.io/v1beta3\" {}\n"
	flowV1      = "api \"flowcontrol.apiserver.k8s.io/v1\" {}\n"
	draV1       = "api \"resource.k8s.io/v1\" {}\n"
	policies    = `
api "policy/v1beta1" {
  kind "PodSecurityPolicy" {}
}
`
	// hole holds in 1.24 to 1.28, and from 1.34 on.
	hole = `
check "either" {
  assert {
    condition     = served("flowcontrol.apiserver.k8s.io/v1beta2") || served("resource.k8s.io/v1")
    error_message = "Neither is served."
  }
}
`
	permission = `
permission "read" {
  verbs     = ["get"]
  resources = ["pods"]
  namespace = "shop"
}
`
	foreign = "api \"cert-manager.io/v1\" {\n  kind \"Certificate\" {}\n}\n"
)

func kubernetes(constraint string) string {
	return fmt.Sprintf("cluster { kubernetes = %q }\n", constraint)
}

var declarations = []struct{ name, text, want string }{
	{"every release", cronJob, ">=1.24.0-0"},
	{"nothing", "", ">=1.24.0-0"},
	{"added", draV1, ">=1.34.0-0"},
	{"removed", policies, ">=1.24.0-0 <1.25.0-0"},
	{"added and removed", flowV1beta3, ">=1.26.0-0 <1.32.0-0"},
	{"both", flowV1beta3 + flowV1, ">=1.29.0-0 <1.32.0-0"},
	{"none", policies + flowV1, ""},
	{"a hole", hole, ">=1.24.0-0 <1.29.0-0 || >=1.34.0-0"},
	{"a warning sets no bound", "api \"resource.k8s.io/v1\" { severity = \"warning\" }\n" + flowV1, ">=1.29.0-0"},
	{"what is disabled sets no bound", "api \"resource.k8s.io/v1\" { enabled = false }\n" + flowV1, ">=1.29.0-0"},
	{"must not be served", "api \"policy/v1beta1\" { served = false }\n", ">=1.25.0-0"},
	{"a minor version", kubernetes(">= 1.28, < 1.36"), ">=1.28.0-0 <1.36.0-0"},
	{"from a patch on", kubernetes(">= 1.31.4"), ">=1.31.4-0"},
	{"up to a patch", kubernetes("<= 1.31.4"), ">=1.24.0-0 <1.31.5-0"},
	{"without one patch", kubernetes("!= 1.31.4"), ">=1.24.0-0 <1.31.4-0 || >=1.31.5-0"},
	{"only patches", kubernetes("~1.31.4"), ">=1.31.4-0 <1.32.0-0"},
	{"two constraints", kubernetes(">= 1.31.4") + kubernetes("<1.31.9 || >1.33"), ">=1.31.4-0 <1.31.9-0 || >=1.34.0-0"},
	{"a warning about the patch", "cluster {\n  kubernetes = \">= 1.31.4\"\n  severity   = \"warning\"\n}\n" + flowV1, ">=1.29.0-0"},
	{"a patch of a release that breaks", kubernetes(">= 1.31.4") + draV1, ">=1.34.0-0"},
	{"permissions", permission + flowV1, ">=1.29.0-0"},
	{"a group of others", foreign + flowV1, ">=1.29.0-0"},
}

func TestLine(t *testing.T) {
	for _, tt := range declarations {
		t.Run(tt.name, func(t *testing.T) {
			if got := of(parse(t, tt.text)).Line().String(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestLineIsExact compares what Helm's library makes of the line with the plan of each version.
func TestLineIsExact(t *testing.T) {
	example, err := os.ReadFile("../../examples/web-release.hcl")
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{string(example)}
	for _, tt := range declarations {
		texts = append(texts, tt.text)
	}
	for _, text := range texts {
		d := parse(t, text)
		line := of(d).Line().String()
		allows := func(string) bool { return false }
		if line != "" {
			constraint, err := semver.NewConstraint(line)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			allows = func(version string) bool { return constraint.Check(semver.MustParse(version)) }
		}
		for _, r := range catalog.Releases() {
			for patch := range 12 {
				version := fmt.Sprintf("v%s.%d", r, patch)
				holds := run.Release(r, version, run.Changes{}, d).Verdict(apply.Policy{}).Status != apply.Drifted
				for _, suffix := range []string{"", "-gke.1183000", "-eks-a1b2c3d"} {
					if allowed := allows(version + suffix); allowed != holds {
						t.Errorf("%s: allowed by %q: %t, satisfies: %t\n%s", version+suffix, line, allowed, holds, text)
					}
				}
			}
		}
	}
}

func TestBounds(t *testing.T) {
	tests := []struct {
		name, text string
		// want has the parts next to each span, with the addresses of what they break.
		want []string
	}{
		{"no bound is known", cronJob, []string{"- .. -"}},
		{"a release", flowV1beta3, []string{"1.25 flowcontrol.apiserver.k8s.io/v1beta3 .. 1.32 flowcontrol.apiserver.k8s.io/v1beta3"}},
		{"only what is next to it", flowV1 + draV1 + kubernetes(">=1.26"), []string{"1.33 resource.k8s.io/v1 .. -"}},
		{"a patch", kubernetes(">= 1.31.9, < 1.33.2"), []string{"1.31.8 cluster.kubernetes .. 1.33.2 cluster.kubernetes"}},
		{"a hole", hole, []string{"- .. 1.29 check.either", "1.33 check.either .. -"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			of := of(parse(t, tt.text))
			var got []string
			for _, span := range of.Line() {
				got = append(got, broken(span.Before)+" .. "+broken(span.After))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("bounds (-want +got):\n%s", diff)
			}
		})
	}
}

func broken(p *support.Part) string {
	if p == nil {
		return "-"
	}
	text := p.String()
	for _, f := range p.Breaks {
		text += " " + strings.NewReplacer(`api["`, "", `"]`, "", `check["`, "check.", ".assert", "").Replace(f.Address)
	}
	return text
}

func TestCheck(t *testing.T) {
	newest := catalog.Releases()[len(catalog.Releases())-1].Version().Minor
	tests := []struct {
		name, text, kubeVersion string
		// broken are the parts that are promised and break the declaration.
		broken, line string
		more         int
		older        bool
		unknown      bool // no release that was judged is promised
	}{
		{name: "what holds", text: flowV1beta3, kubeVersion: ">=1.26.0-0 <1.32.0-0", line: ">=1.26.0-0 <1.32.0-0"},
		{name: "none promises all", text: flowV1beta3 + flowV1, broken: "1.24 1.25 1.26 1.27 1.28 " + from(32), line: ">=1.29.0-0 <1.32.0-0", older: true},
		{name: "none, and all hold", text: cronJob, line: ">=1.24.0-0", older: true},
		{name: "too low", text: flowV1, kubeVersion: ">=1.27.0-0", broken: "1.27 1.28", line: ">=1.29.0-0"},
		{name: "by a patch", text: flowV1, kubeVersion: ">=1.28.5", broken: "1.28", line: ">=1.29.0-0"},
		{name: "less", text: flowV1, kubeVersion: "1.30.x || ~1.33.2", line: ">=1.30.0-0 <1.31.0-0 || >=1.33.2-0 <1.34.0-0", more: int(newest) - 29},
		{name: "too low, and less", text: flowV1, kubeVersion: ">=1.28.0-0 <1.31.0-0", broken: "1.28", line: ">=1.29.0-0 <1.31.0-0", more: int(newest) - 30},
		{name: "nothing in common", text: flowV1, kubeVersion: "<1.26", broken: "1.24 1.25", line: ">=1.29.0-0", more: int(newest) - 28, older: true},
		{name: "only older ones", text: flowV1, kubeVersion: "~1.23.7", line: ">=1.29.0-0", more: int(newest) - 28, older: true, unknown: true},
		{name: "a patch of the declaration", text: kubernetes(">= 1.31.4"), kubeVersion: ">=1.31.2-0", broken: "1.31.2", line: ">=1.31.4-0"},
		{name: "patches of both", text: kubernetes("<= 1.31.4"), kubeVersion: "<=1.31.9", broken: "1.31.5", line: ">=1.24.0-0 <1.31.5-0", older: true},
		{name: "up to the newest", text: cronJob, kubeVersion: fmt.Sprintf(">=1.30 <1.%d", newest+1), line: fmt.Sprintf(">=1.30.0-0 <1.%d.0-0", newest+1), more: 6},
		{name: "a vendor's version of the next release", text: flowV1beta3, kubeVersion: ">=1.30.0-0 <1.32.0", broken: "1.32", line: ">=1.30.0-0 <1.32.0-0", more: 4},
		{name: "vendors' versions of one that is excluded", text: flowV1, kubeVersion: "!=1.28, >=1.27.9-0", broken: "1.27 1.28", line: ">=1.29.0-0"},
		{name: "no vendors' versions", text: flowV1beta3, kubeVersion: ">=1.30 <1.32", line: ">=1.30.0-0 <1.32.0-0", more: 4},
		{name: "nothing holds", text: policies + flowV1, kubeVersion: ">=1.36", broken: from(36)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k, err := support.ParseKubeVersion(tt.kubeVersion)
			if err != nil {
				t.Fatal(err)
			}
			c := of(parse(t, tt.text)).Check(k)
			var parts []string
			for _, p := range c.Broken {
				parts = append(parts, p.String())
			}
			if got := strings.Join(parts, " "); got != tt.broken || c.Line.String() != tt.line || len(c.More) != tt.more || c.Older != tt.older || c.Judged == tt.unknown {
				t.Errorf("broken %q, line %q, more %v, older %t, judged %t", got, c.Line, c.More, c.Older, c.Judged)
			}
		})
	}
	if _, err := support.ParseKubeVersion("at least 1.30"); err == nil {
		t.Error("an invalid constraint is accepted")
	}
}

func TestVendors(t *testing.T) {
	for text, want := range map[string]bool{"": true, ">=1.31": false, "1.30 - 1.32": false, ">= 1.31.0-0": true, "1.31.x-0 || 1.33": true} {
		if k, err := support.ParseKubeVersion(text); err != nil || k.Vendors() != want {
			t.Errorf("%q: %t, want %t (%v)", text, k.Vendors(), want, err)
		}
	}
}

func TestUnjudged(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		determined bool
	}{
		{"nothing is required", "", nil, true},
		{"all is judged", flowV1, nil, true},
		{"what depends on the cluster", permission + foreign + flowV1, []string{`permission["read"].verb["get"].resource["pods"] all`, `api["cert-manager.io/v1"] all cert-manager.io`}, true},
		{"where each release breaks", permission + policies + draV1, []string{`permission["read"].verb["get"].resource["pods"] all`}, true},
		{"nothing is judged", permission + foreign, []string{`permission["read"].verb["get"].resource["pods"] all`, `api["cert-manager.io/v1"] all cert-manager.io`}, false},
		{"a constraint by patch is judged", kubernetes(">= 1.31.4"), nil, true},
		{
			"a condition on the patch", "check \"patch\" {\n  assert {\n    condition     = kubernetes(\">= 1.31.4\")\n    error_message = \"Too old.\"\n  }\n}\n",
			[]string{`check["patch"].assert 1.31`}, true,
		},
		{"only where nothing breaks", strings.Replace(cronJob, "{}", "{ enum = [\"UTC\"] }", 1) + draV1, []string{`api["batch/v1"].kind["CronJob"].field["spec.timeZone"] all`}, true},
		{"warnings do not count", strings.Replace(foreign, "{", "{\n  severity = \"warning\"", 1), nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := of(parse(t, tt.text))
			var got []string
			for _, u := range s.Unjudged {
				on := "all"
				if !u.All {
					on = strings.Trim(fmt.Sprint(u.Releases), "[]")
				}
				got = append(got, strings.TrimSpace(u.Address+" "+on+" "+u.Group))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || s.Determined != tt.determined {
				t.Errorf("determined: %t (-want +got):\n%s", s.Determined, diff)
			}
		})
	}
}

func TestBest(t *testing.T) {
	var got []string
	for _, p := range of(parse(t, policies+flowV1+draV1)).Best() {
		got = append(got, p.String())
		if broken := broken(&p); !strings.HasSuffix(broken, " policy/v1beta1") || p.Breaks[0].Under != 1 {
			t.Errorf("it breaks %s, and %d under it", broken, p.Breaks[0].Under)
		}
	}
	if want := from(34); strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// from returns the releases from one on.
func from(minor uint64) string {
	var names []string
	for _, r := range catalog.Releases() {
		if r.Version().Minor >= minor {
			names = append(names, r.String())
		}
	}
	return strings.Join(names, " ")
}
