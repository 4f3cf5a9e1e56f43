package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

var here = hcl.Range{Filename: "test.hcl"}

// field declares a field; change adds further attributes.
func field(path string, change ...func(*config.Field)) *config.Field {
	p, err := kubeapi.ParseFieldPath(path)
	if err != nil {
		panic(err)
	}
	f := &config.Field{Path: p, Served: true, Requirement: config.Requirement{
		Type: config.TypeField, Address: path, Enabled: true, Severity: config.SeverityError, Range: here,
	}}
	for _, c := range change {
		c(f)
	}
	return f
}

func value[T any](v T) config.Value[T] { return config.Value[T]{Value: v, Range: here} }

func notServed(f *config.Field) { f.Served = false }

func switchedOff(f *config.Field) { f.Enabled = false }

func ofType(name string) func(*config.Field) {
	return func(f *config.Field) { v := value(name); f.Type = &v }
}

func required(b bool) func(*config.Field) {
	return func(f *config.Field) { v := value(b); f.Required = &v }
}

func oneOf(values ...string) func(*config.Field) {
	return func(f *config.Field) {
		for _, v := range values {
			f.Enum = append(f.Enum, value(v))
		}
	}
}

// rules makes rules from pairs of keyword and path.
func rules(pairs ...string) (list []discovery.SchemaRule) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, discovery.SchemaRule{Keyword: pairs[i], At: pairs[i+1]})
	}
	return list
}

// withFields adds fields to the last resource of a declaration.
func withFields(t *testing.T, declaration string, fields ...*config.Field) *config.Declaration {
	t.Helper()
	d := parse(t, declaration)
	api := d.APIs[len(d.APIs)-1]
	r := api.Resources[len(api.Resources)-1]
	for _, f := range fields {
		f.Index = d.Requirements
		d.Requirements++
		r.Fields = append(r.Fields, f)
	}
	return d
}

func query(groupVersion, kind, path string) discovery.FieldQuery {
	gv, err := kubeapi.ParseGroupVersion(groupVersion)
	if err != nil {
		panic(err)
	}
	return discovery.FieldQuery{GroupVersion: gv, Kind: kind, Path: path}
}

// schemaOf is the schema of Deployments in apps/v1 in these tests.
func schemaOf(fields map[string]discovery.Field) map[discovery.FieldQuery]discovery.Fact[discovery.Field] {
	facts := map[discovery.FieldQuery]discovery.Fact[discovery.Field]{}
	for path, f := range fields {
		facts[query("apps/v1", "Deployment", path)] = discovery.Known(f)
	}
	return facts
}

func TestFields(t *testing.T) {
	present := discovery.Field{Presence: discovery.FieldPresent, Type: "string", Enum: []string{"Recreate", "RollingUpdate"}, Required: true}
	const deployments = `api "apps/v1" { resource "deployments" {} }`
	const own = `api["apps/v1"] satisfied`
	const resource = `api["apps/v1"].resource["deployments"] satisfied`
	tests := []struct {
		name        string
		declaration string
		field       *config.Field
		found       discovery.Field
		want        string
		// parent is what the resource comes to, where that is not satisfied.
		above []string
	}{
		{"present", deployments, field("a"), present, "a satisfied", nil},
		{"present, and it must not be", deployments, field("a", notServed), present, `a drifted field-served "" -> "a"`, nil},
		{"absent", deployments, field("spec.timeoot"), discovery.Field{Presence: discovery.FieldAbsent, At: "spec", Type: "object", Siblings: []string{"rules", "timeout"}}, `spec.timeoot drifted field-not-served "spec.timeoot" -> "spec" (did you mean spec.timeout)`, nil},
		{"absent in the middle", deployments, field("spec.rules[].timeoot.request"), discovery.Field{Presence: discovery.FieldAbsent, At: "spec.rules[]", Type: "object", Siblings: []string{"timeout"}}, `spec.rules[].timeoot.request drifted field-not-served "spec.rules[].timeoot.request" -> "spec.rules[]" (did you mean spec.rules[].timeout.request)`, nil},
		{"absent, and nothing is like it", deployments, field("spec.zebra"), discovery.Field{Presence: discovery.FieldAbsent, At: "spec", Type: "object", Siblings: []string{"rules", "timeout"}}, `spec.zebra drifted field-not-served "spec.zebra" -> "spec" (spec has rules and timeout)`, nil},
		{"absent at the root", deployments, field("zebra"), discovery.Field{Presence: discovery.FieldAbsent, Type: "object", Siblings: []string{"spec"}}, `zebra drifted field-not-served "zebra" -> "" (there is spec)`, nil},
		{"absent in an array", deployments, field("spec.rules.x"), discovery.Field{Presence: discovery.FieldAbsent, At: "spec.rules", Type: "array"}, `spec.rules.x drifted field-not-served "spec.rules.x" -> "spec.rules" (spec.rules is an array, whose items are spec.rules[])`, nil},
		{"values of what is no map", deployments, field("spec.*"), discovery.Field{Presence: discovery.FieldAbsent, At: "spec", Type: "object", Siblings: []string{"x"}}, `spec.* drifted field-not-served "spec.*" -> "spec" (spec is an object with fields of its own)`, nil},
		{"absent in a string", deployments, field("a.b"), discovery.Field{Presence: discovery.FieldAbsent, At: "a", Type: "string"}, `a.b drifted field-not-served "a.b" -> "a" (a is of type string)`, nil},
		{"absent, as it must be", deployments, field("a", notServed), discovery.Field{Presence: discovery.FieldAbsent}, "a satisfied", nil},
		{"open", deployments, field("spec.x.y"), discovery.Field{Presence: discovery.FieldOpen, At: "spec.x"}, "spec.x.y undetermined open-schema: the schema of Deployment takes anything at spec.x, so it does not say whether it has spec.x.y", nil},
		{"open at the root, and it must not be there", deployments, field("spec", notServed), discovery.Field{Presence: discovery.FieldOpen}, "spec undetermined open-schema: the schema of Deployment takes anything at its root, so it does not say whether it has spec", nil},
		{"all facets hold", deployments, field("a", ofType("string"), oneOf("Recreate"), required(true)), present, "a satisfied", nil},
		{"no facet holds", deployments, field("a", ofType("integer"), oneOf("Recreat", "Recreate", "x"), required(false)), present, `a drifted field-type-mismatch type "integer" -> "string"; field-enum-mismatch enum "Recreat" -> "" (did you mean Recreate); field-enum-mismatch enum "x" -> "" (it may be "Recreate" or "RollingUpdate"); field-required-mismatch required "false" -> "true"`, nil},
		{"without an enum, any value may be", deployments, field("a", oneOf("x")), discovery.Field{Presence: discovery.FieldPresent, Type: "string"}, "a satisfied", nil},
		{"an enum of one value", deployments, field("a", oneOf("x")), discovery.Field{Presence: discovery.FieldPresent, Enum: []string{"Always"}}, `a drifted field-enum-mismatch enum "x" -> "" (it may be "Always")`, nil},
		{"an enum of no value", deployments, field("a", oneOf("x")), discovery.Field{Presence: discovery.FieldPresent, Enum: []string{}}, `a drifted field-enum-mismatch enum "x" -> "" (it may be no string)`, nil},
		{"an enum on an integer", deployments, field("spec.replicas", oneOf("Always")), discovery.Field{Presence: discovery.FieldPresent, Type: "integer"}, `spec.replicas drifted field-enum-mismatch enum "Always" -> "" (spec.replicas is of type integer)`, nil},
		{"an enum on an array", deployments, field("a", oneOf("Always")), discovery.Field{Presence: discovery.FieldPresent, Type: "array"}, `a drifted field-enum-mismatch enum "Always" -> "" (a is of type array)`, nil},
		{"an enum on an object", deployments, field("a", oneOf("Always")), discovery.Field{Presence: discovery.FieldPresent, Type: "object"}, `a drifted field-enum-mismatch enum "Always" -> "" (a is of type object)`, nil},
		{"an enum on a boolean", deployments, field("a", oneOf("true")), discovery.Field{Presence: discovery.FieldPresent, Type: "boolean"}, `a drifted field-enum-mismatch enum "true" -> "" (a is of type boolean)`, nil},
		{"an enum on a number", deployments, field("a", oneOf("1")), discovery.Field{Presence: discovery.FieldPresent, Type: "number"}, `a drifted field-enum-mismatch enum "1" -> "" (a is of type number)`, nil},
		{"an enum on an int-or-string", deployments, field("a", oneOf("http")), discovery.Field{Presence: discovery.FieldPresent, Type: "int-or-string"}, "a satisfied", nil},
		{"an enum without a type", deployments, field("a", oneOf("x")), discovery.Field{Presence: discovery.FieldPresent, EnumRules: rules("type", "a")}, `a undetermined schema-rule: whether a may be "x" is not known: the schema has no type at a`, nil},
		{"an enum beside a pattern", deployments, field("a", oneOf("Recreate")), discovery.Field{Presence: discovery.FieldPresent, Type: "string", Enum: []string{"Recreate"}, EnumRules: rules("pattern", "a")}, `a undetermined schema-rule: whether a may be "Recreate" is not known: the schema has "pattern" at a, which kreconcile does not evaluate`, nil},
		{"not in an enum beside a pattern", deployments, field("a", oneOf("Recreate", "x")), discovery.Field{Presence: discovery.FieldPresent, Type: "string", Enum: []string{"Recreate"}, EnumRules: rules("pattern", "a")}, `a drifted field-enum-mismatch enum "x" -> "" (it may be "Recreate")`, nil},
		{"an enum beside several rules", deployments, field("a", oneOf("x")), discovery.Field{Presence: discovery.FieldPresent, Type: "string", EnumRules: rules("not", "", "x-kubernetes-validations", "a", "metadata", "metadata", "limit", "a")}, `a undetermined schema-rule: whether a may be "x" is not known: the schema has "not" at its root and "x-kubernetes-validations" at a, which kreconcile does not evaluate; the server has rules for metadata that it does not publish; the schema has more rules for a than kreconcile evaluates`, nil},
		{"an enum of a release", deployments, field("a", oneOf("x")), discovery.Field{Presence: discovery.FieldPresent, Type: "string", EnumRules: rules("unpublished", "a")}, `a undetermined not-in-catalogue: whether a may be "x" is known only from a cluster: Kubernetes does not publish which strings a may be`, nil},
		{"no enum is declared beside a pattern", deployments, field("a", ofType("string")), discovery.Field{Presence: discovery.FieldPresent, Type: "string", EnumRules: rules("pattern", "a"), RequiredRules: rules("anyOf", "")}, "a satisfied", nil},
		{"perhaps required, and required is declared", deployments, field("a", required(true)), discovery.Field{Presence: discovery.FieldPresent, RequiredRules: rules("anyOf", "")}, `a undetermined schema-rule: whether a is required is not known: the schema has "anyOf" at its root, which kreconcile does not evaluate`, nil},
		{"perhaps required, and the opposite is declared", deployments, field("a", required(false)), discovery.Field{Presence: discovery.FieldPresent, RequiredRules: rules("anyOf", "")}, `a undetermined schema-rule: whether a is required is not known: the schema has "anyOf" at its root, which kreconcile does not evaluate`, nil},
		{"recorded without rules", deployments, field("a", ofType("string"), oneOf("x")), discovery.Field{Presence: discovery.FieldPresent, Type: "string", Partial: true}, "a undetermined not-recorded: the snapshot does not have the rules that enum and required of a are judged by; record it again with this declaration", nil},
		{"recorded without rules, and required is declared", deployments, field("a", required(false)), discovery.Field{Presence: discovery.FieldPresent, Type: "string", Partial: true}, "a undetermined not-recorded: the snapshot does not have the rules that enum and required of a are judged by; record it again with this declaration", nil},
		{"recorded without rules, and only its type is declared", deployments, field("a", ofType("string")), discovery.Field{Presence: discovery.FieldPresent, Type: "string", Partial: true}, "a satisfied", nil},
		{"without a type", deployments, field("a", ofType("string")), discovery.Field{Presence: discovery.FieldPresent}, "a undetermined invalid-response: the server does not say the type of a", nil},
		{"without a type, another facet differs", deployments, field("a", ofType("string"), required(true)), discovery.Field{Presence: discovery.FieldPresent}, `a drifted field-required-mismatch required "true" -> "false"`, nil},
		{"switched off", deployments, field("a", switchedOff), present, "a skipped", nil},
		{"below a kind", `api "apps/v1" { kind "Deployment" {} }`, field("a"), present, "a satisfied", []string{own, `api["apps/v1"].kind["Deployment"] satisfied`}},
		{"below a kind that is another one", `api "apps/v1" { resource "deployments" { kind = "Deploy" } }`, field("a"), present, "a satisfied", []string{own, `api["apps/v1"].resource["deployments"] drifted kind-mismatch kind "Deploy" -> "Deployment"`}},
		{
			"below a resource that is not served", `api "apps/v1" { resource "zebras" {} }`, field("a"), present, `a drifted because of api["apps/v1"].resource["zebras"]`,
			[]string{own, `api["apps/v1"].resource["zebras"] drifted resource-not-served "zebras" -> ""`},
		},
		{
			"not to be there, below a resource that is not served", `api "apps/v1" { resource "zebras" {} }`, field("a", notServed), present, "a satisfied",
			[]string{own, `api["apps/v1"].resource["zebras"] drifted resource-not-served "zebras" -> ""`},
		},
		{
			"below a group version that is stale", `api "metrics.k8s.io/v1beta1" { resource "pods" {} }`, field("a"), present, `a undetermined because of api["metrics.k8s.io/v1beta1"]`,
			[]string{`api["metrics.k8s.io/v1beta1"] undetermined stale: no backend`, `api["metrics.k8s.io/v1beta1"].resource["pods"] undetermined because of api["metrics.k8s.io/v1beta1"]`},
		},
		{
			"below what is switched off", `api "apps/v1" { resource "deployments" { enabled = false } }`, field("a", switchedOff), present, `a skipped because of api["apps/v1"].resource["deployments"]`,
			[]string{own, `api["apps/v1"].resource["deployments"] skipped`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot()
			for i := range s.Named.Value {
				if g := &s.Named.Value[i]; g.Name == "metrics.k8s.io" {
					g.Versions[0].Resources = discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Stale, Message: "no backend"})
				}
			}
			s.Fields = schemaOf(map[string]discovery.Field{tt.field.Path.String(): tt.found})
			d := withFields(t, tt.declaration, tt.field)
			above := tt.above
			if above == nil {
				above = []string{own, resource}
			}
			if diff := cmp.Diff(append(above, tt.want), outcomes(apply.Diff(d, s))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// The fields of a kind that the server omits are not known either.
func TestFieldOfUnknownKind(t *testing.T) {
	s := snapshot()
	s.Core.Value.Versions[0].Resources.Value[1].Kind = ""
	d := withFields(t, `api "v1" { resource "pods" {} }`, field("a"))
	want := `a undetermined invalid-response: the server does not say the kind of pods`
	if got := outcomes(apply.Diff(d, s))[2]; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if needs := apply.Needs(d, s); !needs.Empty() {
		t.Errorf("needs %+v", needs)
	}
}

// The schema of a new CRD may not be published yet. Then a field is neither present
// nor absent. No absence can be confirmed here, and the schema is not requested
// again.
func TestFieldOfUnpublishedSchema(t *testing.T) {
	const message = `GET /openapi/v3/apis/apps/v1: no schema in it is of the kind "Deployment"`
	tests := []struct {
		name  string
		field *config.Field
	}{
		{"it must be there", field("a")},
		{"it must not be there", field("a", notServed)},
		{"its facets must hold", field("a", ofType("string"), oneOf("Recreate"), required(true))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := withFields(t, `api "apps/v1" { resource "deployments" {} }`, tt.field)
			s := snapshot()
			s.Confirmed = discovery.Fact[struct{}]{}
			s.Fields = map[discovery.FieldQuery]discovery.Fact[discovery.Field]{
				query("apps/v1", "Deployment", "a"): discovery.Failed[discovery.Field](&discovery.Failure{Code: discovery.NoSchema, Message: message}),
			}
			want := []string{`api["apps/v1"] satisfied`, `api["apps/v1"].resource["deployments"] satisfied`, "a undetermined no-schema: " + message}
			if diff := cmp.Diff(want, outcomes(apply.Diff(d, s))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if needs := apply.Needs(d, s); !needs.Empty() {
				t.Errorf("needs %+v", needs)
			}
		})
	}
}

// The absence of a field must be confirmed, and its presence need not.
func TestFieldAbsenceIsConfirmed(t *testing.T) {
	absent := discovery.Field{Presence: discovery.FieldAbsent}
	for name, tt := range map[string]struct {
		field *config.Field
		found discovery.Field
		rests bool
	}{
		"absent, and required":     {field("a"), absent, true},
		"absent, as it must be":    {field("a", notServed), absent, true},
		"present":                  {field("a"), discovery.Field{Presence: discovery.FieldPresent}, false},
		"present, and must not be": {field("a", notServed), discovery.Field{Presence: discovery.FieldPresent}, false},
		"of another type":          {field("a", ofType("string")), discovery.Field{Presence: discovery.FieldPresent, Type: "integer"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := withFields(t, `api "apps/v1" { resource "deployments" {} }`, tt.field)
			s := snapshot()
			s.Fields = schemaOf(map[string]discovery.Field{"a": tt.found})
			s.Confirmed = discovery.Fact[struct{}]{}
			plan, again := apply.Provisional(d, s)
			if drifts := plan.Findings[2].Status == apply.Drifted; again != (tt.rests || drifts) {
				t.Errorf("another look is needed: %t", again)
			}
			s.Confirmed = discovery.Failed[struct{}](&discovery.Failure{Code: discovery.NotReady, Message: "not yet"})
			got := apply.Diff(d, s).Findings[2].Undetermined
			if (got != nil && got.Code == discovery.NotReady) != tt.rests {
				t.Errorf("undetermined: %+v", got)
			}
		})
	}
}

func TestNeedsFields(t *testing.T) {
	fields := func(queries ...discovery.FieldQuery) discovery.Needs { return discovery.Needs{Fields: queries} }
	a := query("apps/v1", "Deployment", "a")
	failed := discovery.Failed[discovery.Field](&discovery.Failure{Code: discovery.Forbidden, Message: "no"})
	tests := []struct {
		name, declaration string
		fields            []*config.Field
		change            func(*discovery.Snapshot)
		want              discovery.Needs
	}{
		{"the documents come first", `api "apps/v1" { resource "deployments" {} }`, []*config.Field{field("a")}, func(s *discovery.Snapshot) { s.Named = discovery.Fact[[]discovery.Group]{} }, discovery.Needs{Documents: true}},
		{"each is asked for once", `api "apps/v1" { resource "deployments" {} }`, []*config.Field{field("a"), field("a", notServed), field("b[].*")}, nil, fields(a, query("apps/v1", "Deployment", "b[].*"))},
		{"of a kind", `api "v1" { kind "Pod" {} }`, []*config.Field{field("a")}, nil, fields(query("v1", "Pod", "a"))},
		{"not what was answered, or was not", `api "apps/v1" { resource "deployments" {} }`, []*config.Field{field("a"), field("b")}, func(s *discovery.Snapshot) {
			s.Fields = schemaOf(map[string]discovery.Field{"b": {Presence: discovery.FieldPresent}})
			s.Fields[a] = failed
		}, fields()},
		{"not what is switched off", `api "apps/v1" { resource "deployments" {} }`, []*config.Field{field("a", switchedOff)}, nil, fields()},
		{"not of what is not served", `api "apps/v1" { resource "zebras" {} }`, []*config.Field{field("a")}, nil, fields()},
		{"before what is absent is confirmed", "api \"policy/v1\" {}\napi \"apps/v1\" { resource \"deployments\" {} }", []*config.Field{field("a")}, func(s *discovery.Snapshot) { s.Confirmed = discovery.Fact[struct{}]{} }, fields(a)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot()
			if tt.change != nil {
				tt.change(s)
			}
			if diff := cmp.Diff(tt.want, apply.Needs(withFields(t, tt.declaration, tt.fields...), s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
