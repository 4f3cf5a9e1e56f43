package record_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/record"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/snapshottest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func save(t *testing.T, s *model.Snapshot) string {
	t.Helper()
	var b bytes.Buffer
	if err := record.Save(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// everyFailure has one failure of each code.
func everyFailure() *model.Snapshot {
	group := model.Group{Name: "a"}
	for _, code := range model.FailureCodes() {
		group.Versions = append(group.Versions, model.Version{
			Name: "v" + string(code), Resources: model.Failed[[]model.Resource](&model.Failure{Code: code, Message: "because of \x1b\u2028" + string(code)}),
		})
	}
	return &model.Snapshot{Named: model.Known([]model.Group{group})}
}

func small() *model.Snapshot {
	return &model.Snapshot{
		Endpoint: "https://10.0.1.149:443",
		Time:     time.Date(2026, time.January, 31, 12, 0, 0, 5_000_000, time.FixedZone("", 3600)),
		Core: model.Known(model.Group{Preferred: "v1", Versions: []model.Version{{
			Name: "v1", Freshness: kubeapi.FreshnessCurrent,
			Resources: model.Known([]model.Resource{{
				Name: "pods", Singular: "pod", Kind: "Pod", Scope: kubeapi.ScopeNamespaced, Verbs: []string{"get"}, ShortNames: []string{"po"},
				Subresources: []model.Subresource{{Name: "log", Kind: "Pod", Verbs: []string{"get"}}},
			}}),
		}}}),
		Named: model.Known([]model.Group{{Name: "metrics.k8s.io", Preferred: "v1beta1", Versions: []model.Version{{
			Name: "v1beta1", Freshness: kubeapi.FreshnessStale,
			Resources: model.Failed[[]model.Resource](&model.Failure{Code: model.Stale, Message: "it is stale"}),
		}}}}),
		Version: model.Failed[model.ServerVersion](&model.Failure{Code: model.Forbidden, Message: "GET /version: 403 Forbidden"}),
	}
}

func question(kind, path string) model.FieldQuery {
	return model.FieldQuery{GroupVersion: kubeapi.GroupVersion{Group: "apps", Version: "v1"}, Kind: kind, Path: path}
}

// withFields has a field of each presence, and one that could not be determined.
func withFields() *model.Snapshot {
	s := small()
	s.Fields = map[model.FieldQuery]model.Fact[model.Field]{
		question("Deployment", "spec"):      model.Known(model.Field{Presence: model.FieldPresent, Type: "object", Required: true}),
		question("Deployment", "spec.mode"): model.Known(model.Field{Presence: model.FieldPresent, Type: "string", Enum: []string{"a", "b"}, EnumRules: []model.SchemaRule{{Keyword: "pattern", At: "spec.mode"}}, RequiredRules: []model.SchemaRule{{Keyword: "anyOf", At: "spec"}, {Keyword: "x-kubernetes-validations"}}}),
		question("Deployment", "spec.old"):  model.Known(model.Field{Presence: model.FieldPresent, Type: "string", Partial: true}),
		question("Deployment", "spec.none"): model.Known(model.Field{Presence: model.FieldPresent, Type: "string", Enum: []string{}}),
		question("Deployment", "spec.x[]"):  model.Known(model.Field{Presence: model.FieldAbsent, At: "spec", Siblings: []string{"mode", "none"}, Type: "object"}),
		question("Deployment", "status.*"):  model.Known(model.Field{Presence: model.FieldOpen, At: "status"}),
		question("DaemonSet", "spec"):       model.Failed[model.Field](&model.Failure{Code: model.NoSchema, Message: "m"}),
	}
	return s
}

const smallJSON = `{
  "format_version": "1.2",
  "endpoint": "https://10.0.1.149:443",
  "time": "2026-01-31T11:00:00.005Z",
  "core": {
    "value": {
      "name": "",
      "preferred": "v1",
      "versions": [
        {
          "name": "v1",
          "freshness": "Current",
          "resources": {
            "value": [
              {
                "name": "pods",
                "singular": "pod",
                "kind": "Pod",
                "scope": "Namespaced",
                "verbs": [
                  "get"
                ],
                "short_names": [
                  "po"
                ],
                "categories": [],
                "subresources": [
                  {
                    "name": "log",
                    "kind": "Pod",
                    "verbs": [
                      "get"
                    ]
                  }
                ]
              }
            ]
          }
        }
      ]
    }
  },
  "groups": {
    "value": [
      {
        "name": "metrics.k8s.io",
        "preferred": "v1beta1",
        "versions": [
          {
            "name": "v1beta1",
            "freshness": "Stale",
            "resources": {
              "failure": {
                "code": "stale",
                "message": "it is stale"
              }
            }
          }
        ]
      }
    ]
  },
  "version": {
    "failure": {
      "code": "forbidden",
      "message": "GET /version: 403 Forbidden"
    }
  }
}
`

func TestSave(t *testing.T) {
	if diff := cmp.Diff(smallJSON, save(t, small())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The fields are in an order of their own, and an enum that allows nothing is not
// one that is not there.
func TestSaveFields(t *testing.T) {
	text := save(t, withFields())
	var paths []string
	for line := range strings.Lines(text) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), ": "); name == `"kind"` || name == `"path"` || name == `"enum"` {
			paths = append(paths, value)
		}
	}
	want := []string{
		`"Pod",`, `"Pod",`, `"DaemonSet",`, `"spec",`, `"Deployment",`, `"spec",`, `"Deployment",`, `"spec.mode",`, "[",
		`"Deployment",`, `"spec.none",`, "[],", `"Deployment",`, `"spec.old",`, `"Deployment",`, `"spec.x[]",`, `"Deployment",`, `"status.*",`,
	}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, text)
	}
	// A snapshot of before there were fields still loads, and has not asked.
	s, err := record.Load(strings.NewReader(strings.Replace(save(t, small()), `"1.1"`, `"1.0"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Fields[question("Deployment", "spec.replicas")].Unknown(); got.Code != model.NotRecorded || got.Message != "it was not asked for" {
		t.Errorf("got %s", got)
	}
}

// A snapshot of before there were rules tells which fields there are and of which
// type, and not what they may be or whether they are required.
func TestLoadFieldsWithoutRules(t *testing.T) {
	const src = `{"format_version":"1.1","endpoint":"","time":"2026-01-31T11:00:00Z","fields":[
		{"group_version":"apps/v1","kind":"Deployment","path":"spec.mode","field":{"value":{"presence":"present","at":"","siblings":[],"type":"string","enum":["a"],"required":true}}},
		{"group_version":"apps/v1","kind":"Deployment","path":"spec.x","field":{"value":{"presence":"absent","at":"spec","siblings":["mode"],"type":"object","required":false}}}]}`
	for _, format := range []string{"1.1", "1.2"} {
		s, err := record.Load(strings.NewReader(strings.Replace(src, "1.1", format, 1)))
		if err != nil {
			t.Fatal(err)
		}
		want := map[model.FieldQuery]model.Fact[model.Field]{
			question("Deployment", "spec.mode"): model.Known(model.Field{Presence: model.FieldPresent, Type: "string", Partial: true}),
			question("Deployment", "spec.x"):    model.Known(model.Field{Presence: model.FieldAbsent, At: "spec", Siblings: []string{"mode"}, Type: "object"}),
		}
		if diff := cmp.Diff(want, s.Fields); diff != "" {
			t.Errorf("format %s (-want +got):\n%s", format, diff)
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	failed := func(code model.FailureCode) *model.Failure {
		return &model.Failure{Code: code, Message: "m", Err: errors.New("not saved")}
	}
	tests := []struct {
		name     string
		snapshot *model.Snapshot
	}{
		{"zero value", &model.Snapshot{}},
		{"stock", apitest.Stock()},
		{"small", small()},
		{"every failure", everyFailure()},
		{"empty lists", &model.Snapshot{
			Core: model.Known(model.Group{}), Named: model.Known([]model.Group{}),
			ServerAddresses: model.Known([]string{}), Version: model.Known(model.ServerVersion{}),
		}},
		{"all failed", &model.Snapshot{
			Core: model.Failed[model.Group](failed(model.Timeout)), Named: model.Failed[[]model.Group](failed(model.Forbidden)),
			Confirmed: model.Failed[struct{}](failed(model.NotReady)), Version: model.Failed[model.ServerVersion](failed(model.Canceled)),
			ServerAddresses: model.Failed[[]string](failed(model.Unreachable)),
		}},
		{"fields", withFields()},
		{"all fields", withSchemas()},
		{"emulated release", &model.Snapshot{Version: model.Known(model.ServerVersion{
			GitVersion: "v1.36.3", Major: "1", Minor: "36", EmulationMajor: "1", EmulationMinor: "33",
		})}},
		{"half of an emulated release", &model.Snapshot{Version: model.Known(model.ServerVersion{
			GitVersion: "v1.36.3", EmulationMinor: "33",
		})}},
		{"version whose resources nobody asked for", &model.Snapshot{
			Core: model.Known(model.Group{Versions: []model.Version{{Name: "v1"}}}),
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := save(t, test.snapshot)
			got, err := record.Load(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.snapshot, got, snapshottest.IgnoreUnsaved, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-saved +loaded):\n%s", diff)
			}
			if diff := cmp.Diff(text, save(t, got)); diff != "" {
				t.Errorf("saved again (-first +second):\n%s", diff)
			}
		})
	}
}

// withSchemas is a snapshot with every field of a kind.
func withSchemas() *model.Snapshot {
	return &model.Snapshot{Schemas: map[kubeapi.GroupVersion]model.Fact[*model.Schemas]{
		{Group: "apps", Version: "v1"}: model.Known(&model.Schemas{
			Kinds: map[string]string{"Deployment": ">Deployment"},
			Objects: map[string]model.Object{
				"Deployment": {Fields: []model.SchemaField{{Name: "list", Type: "[]{}>Item"}, {Name: "mode", Type: "string", Required: true, Enum: []string{"A"}}}},
				"Item":       {Open: true, Fields: []model.SchemaField{{Name: "none", Type: "string", Enum: []string{}}, {Name: "self", Type: ">Item"}}},
			},
		}),
		{Version: "v1"}: model.Failed[*model.Schemas](&model.Failure{Code: model.Forbidden, Message: "no"}),
	}}
}

// Only a snapshot with schemas needs the newest format. An earlier kreconcile reads the others.
func TestSaveSchemas(t *testing.T) {
	text := save(t, withSchemas())
	if !strings.Contains(text, `"format_version": "1.3"`) || !strings.Contains(save(t, withFields()), `"format_version": "1.2"`) {
		t.Errorf("%s", text)
	}
	for _, test := range []struct{ name, from, to, err string }{
		{"an unknown object", `"[]{}>Item"`, `"[]{}>Other"`, `at /schemas/0/schemas/value: there is no type "[]{}>Other"`},
		{"an unknown type", `"[]{}>Item"`, `"[]text"`, `at /schemas/0/schemas/value: there is no type "[]text"`},
		{"a kind of an unknown object", `">Deployment"`, `">"`, `at /schemas/0/schemas/value: there is no type ">"`},
		{"another order", `"name": "mode"`, `"name": "a"`, `at /schemas/0/schemas/value: the fields of the object "Deployment" are not sorted`},
		{"an object twice", `"name": "Item"`, `"name": "Deployment"`, `at /schemas/0/schemas/value: "Deployment" is there twice`},
		{"an earlier format", `"1.3"`, `"1.2"`, "at /schemas: this member is not part of the format"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := record.Load(strings.NewReader(strings.Replace(text, test.from, test.to, 1)))
			if err == nil || err.Error() != test.err {
				t.Errorf("got %v, want %s", err, test.err)
			}
		})
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestSaveErrors(t *testing.T) {
	tests := []struct {
		name     string
		snapshot *model.Snapshot
		err      string
	}{
		{"broken writer", apitest.Stock(), "saving a snapshot: jsontext: write error: no space left on device"},
		{"larger than Load takes", &model.Snapshot{Endpoint: strings.Repeat("x", 64<<20)}, "saving a snapshot: jsontext: write error: it is larger than 64 MiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := record.Save(brokenWriter{}, test.snapshot)
			if err == nil || err.Error() != test.err {
				t.Errorf("error %v, want %s", err, test.err)
			}
		})
	}
}
