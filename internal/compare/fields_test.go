package compare_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/kubeapi"
)

type facts = map[string]discovery.Fact[discovery.Field]

func TestFields(t *testing.T) {
	failed := &discovery.Failure{Code: discovery.Forbidden, Message: "no"}
	const (
		notAll   = "only fields that a declaration names were recorded; snapshot --fields all records all"
		none     = "no fields were recorded; snapshot --fields all records all"
		notNamed = "they were not recorded; snapshot --fields all records all"
		takesAny = "the schema takes any field there"
	)
	required := func(f *discovery.Field) { f.Required = true }
	enum := func(values ...string) func(*discovery.Field) { return func(f *discovery.Field) { f.Enum = values } }
	tests := []struct {
		name     string
		old, new func(*discovery.Snapshot)
		want     []string
	}{
		{"named: gone", with(facts{"spec.a": present("string", nil)}), with(facts{"spec.a": presence(discovery.FieldAbsent)}), []string{
			"! removed field: apps/v1 Deployment spec.a [string -> ]",
		}},
		{"named: came", with(facts{"spec.a": presence(discovery.FieldAbsent)}), with(facts{"spec.a": present("", required)}), []string{
			"! added field: apps/v1 Deployment spec.a [ -> any type, required]",
		}},
		{"named: absent in both", with(facts{"spec.a": presence(discovery.FieldAbsent)}), with(facts{"spec.a": presence(discovery.FieldAbsent)}), []string{}},
		{"named: type, enum and required", with(facts{"spec.a": present("string", enum("A", "B")), "spec.b": present("array", required)}),
			with(facts{"spec.a": present("integer", enum("B", "C")), "spec.b": present("array", nil)}), []string{
				"! changed field_type: apps/v1 Deployment spec.a [string -> integer]",
				"! changed field_enum: apps/v1 Deployment spec.a [A, B -> B, C]",
				"changed field_required: apps/v1 Deployment spec.b [required -> optional]",
			}},
		{"named: rules that are not evaluated", with(facts{"spec.a": present("string", required)}), with(facts{"spec.a": present("string", func(f *discovery.Field) {
			f.RequiredRules = []discovery.SchemaRule{{Keyword: "anyOf"}}
		})}), []string{}},
		{"named: failed", with(facts{"spec.a": present("string", nil)}), with(facts{"spec.a": discovery.Failed[discovery.Field](failed)}), []string{
			"? new fields: apps/v1 Deployment spec.a (no)",
		}},
		{"named: open", with(facts{"spec.a": present("string", nil)}), with(facts{"spec.a": presence(discovery.FieldOpen)}), []string{
			"? new fields: apps/v1 Deployment spec.a (" + takesAny + ")",
		}},
		{"named by one", with(facts{"spec.a": present("string", nil), "spec.b": present("string", nil)}), with(facts{"spec.b": present("string", nil)}), []string{
			"? new fields: apps/v1 Deployment spec.a (" + notNamed + ")",
		}},
		{"named by one, and all", with(facts{"spec.a": present("string", nil), "spec.b": present("integer", nil)}), all("Deployment: spec >Spec", "Spec: b string"), []string{
			"! removed field: apps/v1 Deployment spec.a [string -> ]", "! changed field_type: apps/v1 Deployment spec.b [integer -> string]",
			"? old fields_of_kinds: apps/v1 Deployment (" + notAll + ")",
		}},
		{"none and all", func(*discovery.Snapshot) {}, all("Deployment: spec string"), []string{"? old fields_of_kinds: apps/v1 Deployment (" + none + ")"}},
		{"failed and all", func(s *discovery.Snapshot) {
			s.Schemas = map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas]{apps: discovery.Failed[*discovery.Schemas](failed)}
		}, all("Deployment: spec string"), []string{"? old fields_of_kinds: apps/v1 Deployment (no)"}},
		{"a kind without a schema", func(s *discovery.Snapshot) {
			s.Schemas = map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas]{apps: discovery.Known(&discovery.Schemas{})}
		}, all("Deployment: spec string"), []string{"? old fields_of_kinds: apps/v1 Deployment (no schema was published)"}},

		{"all: came, went and changed", all("Deployment: gone >Gone, same []>Same, type string", "Gone: a string", "Same: x string"),
			all("Deployment: came {}string, must string!, same []>Same, type integer", "Same: x string"), []string{
				"added field: apps/v1 Deployment came [ -> map]", "! removed field: apps/v1 Deployment gone [object -> ]",
				"! added field: apps/v1 Deployment must [ -> string, required]", "! changed field_type: apps/v1 Deployment type [string -> integer]",
			}},
		{"all: in items and values", all("Deployment: list []{}>In, map {}[]string", "In: a string"), all("Deployment: list []{}>In, map {}[]integer", "In: b string"), []string{
			"! removed field: apps/v1 Deployment list[].*.a [string -> ]", "added field: apps/v1 Deployment list[].*.b [ -> string]",
			"! changed field_type: apps/v1 Deployment map.*[] [string -> integer]",
		}},
		{"all: required", all("Deployment: a string!, b string"), all("Deployment: a string, b string!"), []string{
			"changed field_required: apps/v1 Deployment a [required -> optional]", "! changed field_required: apps/v1 Deployment b [optional -> required]",
		}},
		{"all: enum", all("Deployment: a string=x|y, b string=x, c string, d string=x"), all("Deployment: a string=y, b string=x|y, c string=x, d string"), []string{
			"! changed field_enum: apps/v1 Deployment a [x, y -> y]", "changed field_enum: apps/v1 Deployment b [x -> x, y]",
			"! changed field_enum: apps/v1 Deployment c [any string -> x]", "changed field_enum: apps/v1 Deployment d [x -> any string]",
		}},
		{"all: forms", all("Deployment: a object, b any, c >X, d int-or-string", "X: a string"), all("Deployment: a >X, b string, c {}string, d string", "X: a string"), []string{
			"! changed field_type: apps/v1 Deployment a [object with any fields -> object]", "! changed field_type: apps/v1 Deployment b [any type -> string]",
			"! changed field_type: apps/v1 Deployment c [object -> map]", "! changed field_type: apps/v1 Deployment d [int-or-string -> string]",
		}},
		{"all: open", all("Deployment: a string, b string"), all("Deployment: b string, …"), []string{
			"? new fields: apps/v1 Deployment a (" + takesAny + ")",
		}},
		{"all: an object that contains itself", all("Deployment: tree >Tree", "Tree: left >Tree, right >Tree, x string"),
			all("Deployment: tree >Tree", "Tree: left >Tree, right >Tree, y string"), []string{
				"! removed field: apps/v1 Deployment tree.x [string -> ]", "added field: apps/v1 Deployment tree.y [ -> string]",
			}},
		{"all: an object in two places", all("Deployment: a >X, b >X", "X: x string"), all("Deployment: a >X, b >X", "X: y string"), []string{
			"! removed field: apps/v1 Deployment a.x [string -> ]", "added field: apps/v1 Deployment a.y [ -> string]",
			"! removed field: apps/v1 Deployment b.x [string -> ]", "added field: apps/v1 Deployment b.y [ -> string]",
		}},
		{"all: not confirmed", all("Deployment: a string"), func(s *discovery.Snapshot) {
			all("Deployment: b string")(s)
			s.Confirmed = discovery.Failed[struct{}](failed)
		}, []string{"added field: apps/v1 Deployment b [ -> string]", "? new fields: apps/v1 Deployment a (its absence is not confirmed: no)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { check(t, cluster(test.old), cluster(test.new), test.want) })
	}
}

// The second kind has an object that was compared for the first one.
func TestKindsThatShareAnObject(t *testing.T) {
	side := func(field string) compare.Side {
		return cluster(func(s *discovery.Snapshot) {
			replicaSets := *deployments(s)
			replicaSets.Name, replicaSets.Kind = "replicasets", "ReplicaSet"
			resources := &group(s).Versions[0].Resources
			resources.Value = append(resources.Value, replicaSets)
			all("Deployment: a >X", "ReplicaSet: b >X", "X: "+field+" string")(s)
			s.Schemas[apps].Value.Kinds["ReplicaSet"] = ">ReplicaSet"
		})
	}
	check(t, side("x"), side("y"), []string{
		"! removed field: apps/v1 Deployment a.x [string -> ]", "added field: apps/v1 Deployment a.y [ -> string]",
		"! removed field: apps/v1 ReplicaSet b.x [string -> ]", "added field: apps/v1 ReplicaSet b.y [ -> string]",
	})
}

// A release does not say which strings a field may be.
func TestEnumsOfReleases(t *testing.T) {
	released := cluster(all("Deployment: a string"), func(s *discovery.Snapshot) { s.IsRelease = true })
	check(t, released, cluster(all("Deployment: a string=x")), []string{})
}

// A few objects can have more paths than there is memory.
func TestManyPaths(t *testing.T) {
	chain := func(last string) func(*discovery.Snapshot) {
		objects := []string{"Deployment: x >0", "40: " + last + " string"}
		for i := range 40 {
			objects = append(objects, fmt.Sprintf("%d: a >%[2]d, b >%[2]d", i, i+1))
		}
		return all(objects...)
	}
	got := compare.Compare(cluster(chain("y")), cluster(chain("z")))
	if len(got.Changes) != 10_000 || len(got.Unknown) != 2 || got.Unknown[0].Failure.Message != "its schemas differ in too many places" {
		t.Errorf("%d changes, %q", len(got.Changes), lines(got)[len(got.Changes):])
	}
	deep := func(last string) func(*discovery.Snapshot) {
		objects := []string{"Deployment: x >0", "100000: " + last + " string"}
		for i := range 100_000 {
			objects = append(objects, fmt.Sprintf("%d: a >%d", i, i+1))
		}
		return all(objects...)
	}
	want := []string{
		"? old fields_of_kinds: apps/v1 Deployment (fields that differ are deeper than 64 steps)",
		"? new fields_of_kinds: apps/v1 Deployment (fields that differ are deeper than 64 steps)",
	}
	if diff := cmp.Diff(want, lines(compare.Compare(cluster(deep("y")), cluster(deep("z"))))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBreaking(t *testing.T) {
	r := compare.Compare(cluster(all("Deployment: a string")), cluster(all("Deployment: b string")))
	if diff := cmp.Diff([]string{"! removed field: apps/v1 Deployment a [string -> ]"}, lines(r.Breaking())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(r.Changes) != 2 {
		t.Errorf("the result itself changed: %q", lines(r))
	}
}

func TestManyResources(t *testing.T) {
	many := func(kind string) compare.Side {
		return cluster(func(s *discovery.Snapshot) {
			schemas := &discovery.Schemas{Kinds: map[string]string{}, Objects: map[string]discovery.Object{}}
			var resources []discovery.Resource
			for i := range 10_000 {
				name := fmt.Sprintf("%s%d", kind, i)
				resources = append(resources, discovery.Resource{Name: fmt.Sprint("r", i), Kind: fmt.Sprint("K", i), Scope: kubeapi.ScopeCluster, Verbs: []string{"get", name}})
				schemas.Kinds[fmt.Sprint("K", i)] = ">" + name
				schemas.Objects[name] = discovery.Object{Fields: []discovery.SchemaField{{Name: name, Type: "string"}}}
			}
			group(s).Versions[0].Resources = discovery.Known(resources)
			s.Schemas = map[kubeapi.GroupVersion]discovery.Fact[*discovery.Schemas]{apps: discovery.Known(schemas)}
		})
	}
	began := time.Now()
	got := compare.Compare(many("a"), many("b"))
	if took := time.Since(began); len(got.Changes) != 40_000 || took > 10*time.Second {
		t.Errorf("%d changes in %v", len(got.Changes), took)
	}
}
