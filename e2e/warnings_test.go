package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestWarnings asks API servers of four releases for each resource that they can serve, and compares the
// warnings in their answers with what kreconcile says of deprecation.
func TestWarnings(t *testing.T) {
	t.Parallel()
	for earlier := range 4 {
		release := minor(newest(), -earlier)
		t.Run(release, func(t *testing.T) {
			args := []string{"--runtime-config=api/all=true"}
			if earlier > 0 {
				args = append(args, "--emulated-version="+release)
			}
			c := unsettled(t, setup{args: args})
			expectWarnings(t, c, newAccount(t, c))
		})
	}
}

// expectWarnings compares all resources. There are two differences:
//   - An API server also warns of what a release to come will deprecate.
//   - If Kubernetes names nothing to use instead, kreconcile names the kind in the version that the newest
//     release prefers.
func expectWarnings(t *testing.T, c *cluster.Cluster, a *account) {
	t.Helper()
	config := a.config(t, nil)
	client := &discovery.Client{HTTP: config.Client(), Base: config.BaseURL()}
	var served discovery.Snapshot
	client.Fetch(t.Context(), &served, discovery.Needs{Documents: true})
	want, got := map[string]string{}, map[string]string{}
	var declaration strings.Builder
	for _, group := range append([]discovery.Group{served.Core.Value}, served.Named.Value...) {
		for _, version := range group.Versions {
			gv := kubeapi.GroupVersion{Group: group.Name, Version: version.Name}
			// A resource has a note of its own where its API counts less.
			fmt.Fprintf(&declaration, "api %q {\n  severity = \"warning\"\n", gv)
			for _, r := range version.Resources.Value {
				if r.Kind == "" {
					continue // Only its subresources are served.
				}
				text := warning(t, c, gv, r)
				if isToCome(t, text) {
					t.Logf("to come: %s", text)
					text = ""
				}
				want[fmt.Sprintf("api[%q].resource[%q]", gv, r.Name)] = text
				fmt.Fprintf(&declaration, "  resource %q { severity = \"error\" }\n", r.Name)
			}
			declaration.WriteString("}\n")
		}
	}
	for _, f := range a.apply(t, declaration.String()).report.Findings {
		if text, asked := want[f.Address]; asked {
			got[f.Address] = f.warning()
			if !strings.Contains(text, "; use ") {
				got[f.Address], _, _ = strings.Cut(got[f.Address], "; use ")
			}
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-API server +kreconcile):\n%s", diff)
	}
	warnings := slices.DeleteFunc(slices.Sorted(maps.Values(want)), func(text string) bool { return text == "" })
	if len(warnings) < 2 {
		t.Errorf("the API server warns of %d resources", len(warnings))
	}
	t.Logf("%d of %d resources: %q", len(warnings), len(want), warnings)
}

// warning returns the API server's warning about a resource, or nothing.
func warning(t *testing.T, c *cluster.Cluster, gv kubeapi.GroupVersion, r discovery.Resource) string {
	t.Helper()
	path := "/apis/" + gv.String()
	if gv.Group == "" {
		path = "/api/" + gv.Version
	}
	if r.Scope == kubeapi.ScopeNamespaced {
		path += "/namespaces/default"
	}
	method, body := http.MethodPost, "{}"
	if slices.Contains(r.Verbs, "list") {
		method, body = http.MethodGet, ""
	}
	header, err := c.Header(t.Context(), method, path+"/"+r.Name, body)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, value := range header.Values("Warning") {
		text, found := strings.CutPrefix(value, `299 - "`)
		if !found {
			t.Errorf("%s %s: the warning %q", gv, r.Name, value)
		}
		if text = strings.TrimSuffix(text, `"`); strings.Contains(text, " is deprecated in ") {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}

// isToCome reports whether a warning is of a release after the newest one that kreconcile knows.
func isToCome(t *testing.T, text string) bool {
	t.Helper()
	_, rest, found := strings.Cut(text, " is deprecated in v")
	if !found {
		return false
	}
	release, _, _ := strings.Cut(rest, "+")
	v, err := kubeapi.ParseVersion(release)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	known := catalog.Releases()
	return v.Minor > known[len(known)-1].Version().Minor
}

// warning returns the deprecation in the words of the API server.
func (f finding) warning() string {
	d := f.Deprecation
	if d == nil {
		return ""
	}
	text := fmt.Sprintf("%s %s is deprecated in v%s+", d.APIVersion, d.Kind, d.Deprecated)
	if d.Removed != "" {
		text += ", unavailable in v" + d.Removed + "+"
	}
	if d.Replacement != "" {
		text += "; use " + d.Replacement + " " + cmp.Or(d.ReplacementKind, d.Kind)
	}
	return text
}
