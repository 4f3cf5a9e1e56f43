package hint_test

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/config/internal/source"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestMeanings names what each text is taken to mean. No name is what may be right as it is.
func TestMeanings(t *testing.T) {
	api := func(text string) string {
		group, version, _ := strings.Cut(text, "/")
		return hint.API(kubeapi.GroupVersion{Group: group, Version: version})
	}
	apps := kubeapi.GroupVersion{Group: "apps", Version: "v1"}
	resource := func(text string) string { return hint.Name("resource", text, apps) }
	kind := func(text string) string { return hint.Name("kind", text, apps) }
	permission := func(text string) string {
		named, sub, _ := strings.Cut(text, "/")
		plural, group, _ := strings.Cut(named, ".")
		return hint.Permission(plural, group, sub)
	}
	list := func(text string) string { return hint.Value(text, cty.List(cty.String)) }
	numbers := func(text string) string { return hint.Value(text, cty.Set(cty.Number)) }
	pairs := func(text string) string { return hint.Value(text, cty.Map(cty.String)) }
	yaml := func(text string) string {
		if d := hint.Foreign(source.Source{Name: "a.hcl", Bytes: []byte(text)}); d != nil {
			return d.Summary
		}
		return ""
	}
	needs := func(text string) string {
		if d := hint.Foreign(source.Source{Name: "a.hcl", Bytes: []byte(text)}); d != nil {
			return d.Detail
		}
		return ""
	}
	tests := []struct {
		of         func(string) string
		text, want string
	}{
		{api, "apps/v1", ""},
		{api, "example.com/v1", ""},
		{api, "v1/networking", `"networking.k8s.io/v1"`},
		{api, "v1/pod", `The apiVersion is "v1"; name the resource "pods" separately.`},
		{api, "core/v1", `"v1"`},
		{api, "networking/ing", `The apiVersion is "networking.k8s.io/v1"; name the resource "ingresses"`},
		{api, "app/v1", `"apps/v1"`},
		{resource, "deployments", ""},
		{resource, "crontabs", ""},
		{resource, "deploy", `resource "deployments", or kind "Deployment"`},
		{resource, "deploy/scale", `resource "deployments/scale"`},
		{kind, "Deployment", ""},
		{kind, "deployments", `Did you mean kind "Deployment"?`},
		{kind, "deploy/scale", ""},
		{permission, "widgets.v1.example.com/status", "widgets.example.com/status"},
		{permission, "pods/log", ""},
		{permission, "deployments.*", ""},
		{permission, "core/pods", `pods`},
		{permission, "apps/v1/deployments", `deployments.apps`},
		{permission, "stable.example.com/crontabs", `crontabs.stable.example.com`},
		{permission, "deployment/scale.apps", `deployments.apps/scale`},
		{permission, "deploy.v1/status", `deployments.apps/status`},
		{permission, "ev", `events`},
		{permission, "ing.networking", `ingresses.networking.k8s.io`},
		{hint.Behind, "apps/v1/Deployment", `The apiVersion is "apps/v1"; name the kind "Deployment"`},
		{hint.Behind, "v1/po", `The apiVersion is "v1"; name the resource "pods"`},
		{hint.Behind, "apps/v1", ""},
		{list, "a, b", `["a", "b"]`},
		{list, "[\"a\" b]", ""},
		{numbers, "1,2", "[1, 2]"},
		{pairs, "{a: b}", `{ a = "b" }`},
		{yaml, "{{ .Values.a }}", "Template in a declaration"},
		{yaml, "# x\n[1]", "JSON in a declaration"},
		{yaml, "- a", "YAML in a declaration"},
		{yaml, "api \"v1\" {", ""},
		{needs, "# x\napiVersion: apps/v1\nmetadata: {}\nkind: 'Deployment'\n", `write kind "Deployment" {} inside api "apps/v1" {}`},
		{needs, "kind: Deployment\n", `api "apps/v1" { … }.`},
		{hint.Keyword, "Yes", "true"},
		{hint.Keyword, "off", "false"},
		{hint.Keyword, "nil", "null"},
		{hint.Keyword, "maybe", ""},
	}
	for _, test := range tests {
		got := test.of(test.text)
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%q: got %q, want %q in it", test.text, got, test.want)
		}
	}
}
