package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rows returns the lines of a catalogue, with spaces for tabs.
func rows(releases ...*release) []string {
	text := strings.ReplaceAll(strings.TrimSpace(string(lines(releases))), "\t", " ")
	return strings.Split(text, "\n")
}

// expectRows fails if a catalogue does not have exactly these lines.
func expectRows(t *testing.T, want string, releases ...*release) {
	t.Helper()
	if is := strings.Join(rows(releases...), "\n"); is != strings.TrimSpace(want) {
		t.Errorf("the catalogue is\n%s\nwant\n%s", is, want)
	}
}

func TestRelease(t *testing.T) {
	r, err := small().read(t, version{90, 1})
	if err != nil {
		t.Fatal(err)
	}
	expectRows(t, `
release 1.90.1
field work.v1.Task raw object 1
  spec >work.v1.TaskSpec! 1
 work.v1.TaskSpec free any 1
  limit string 1
  on boolean 1
  port int-or-string 1
  tags {}[]string 1
kind work.example/v1 Task >work.v1.Task 1
life work.example/v1beta1 Task 1.80   work.example/v1 Task
resource work.example/v1 tasks Task Namespaced create,list,update,watch task ta all,work on 1
  tasks/log Task Namespaced get    off,TaskLog,TaskRun 1
 work.example/v1beta1 tasks Task Cluster list    on 1
  tasks/log Task Cluster get    on 1
`, r)
	page := string(sourcesPage([]*release{r}))
	for _, want := range []string{"| 1.90.1 | `k8s.io/kubernetes` | v1.90.1 | `h1:v1.90.1=` |", "| 1.90.1 | `k8s.io/api` | v0.90.1 | `h1:v0.90.1=` |"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of sources lacks %q:\n%s", want, page)
		}
	}
}

// TestNewerRelease checks that what only one of two releases has is in the catalogue for that one
// alone.
func TestNewerRelease(t *testing.T) {
	older, err := small().read(t, version{90, 1})
	if err != nil {
		t.Fatal(err)
	}
	newer, err := small().
		replaced(t, workDoc, `"on": {"type": "boolean"}`, `"on": {"type": "string"}, "since": {"type": "integer", "format": "int64"}`).
		replaced(t, instance, `workv1beta1.SchemeGroupVersion.WithResource("tasks"),`, "").
		replaced(t, features, "Default: false, PreRelease: featuregate.Beta", "Default: true, PreRelease: featuregate.Beta").
		replaced(t, lifecycle, "return 1, 80", "return 1, 81").
		read(t, version{91, 0})
	if err != nil {
		t.Fatal(err)
	}
	expectRows(t, `
release 1.90.1
release 1.91.0
field work.v1.Task raw object 3
  spec >work.v1.TaskSpec! 3
 work.v1.TaskSpec free any 3
  limit string 3
  on boolean 1
   string 2
  port int-or-string 3
  since integer 2
  tags {}[]string 3
kind work.example/v1 Task >work.v1.Task 3
life work.example/v1beta1 Task 1.81   work.example/v1 Task
resource work.example/v1 tasks Task Namespaced create,list,update,watch task ta all,work on 3
  tasks/log Task Namespaced get    off,TaskLog,TaskRun 1
   Task Namespaced get    on 2
 work.example/v1beta1 tasks Task Cluster list    off 2
   Task Cluster list    on 1
  tasks/log Task Cluster get    off 2
   Task Cluster get    on 1
`, older, newer)
}

// TestOlderRelease reads a release that publishes no discovery, and no OpenAPI document of version
// 3 for one of its group versions.
func TestOlderRelease(t *testing.T) {
	files := small().with(tree{
		workList: "", discovery + "apis.json": "", betaDoc: "",
		openAPI + "swagger.json": `{"paths": {
			"/apis/work.example/v1/tasks": {"get": {"x-kubernetes-action": "list"}},
			"/apis/work.example/v1beta1/tasks": {"get": {"x-kubernetes-action": "list", ` + gvkBeta + `}}
		}, "definitions": {
			"io.k8s.api.work.v1beta1.Task": {"type": "object", "properties": {"spec": {"$ref": "#/definitions/io.k8s.api.work.v1beta1.TaskSpec"},
				"raw": {"$ref": "#/definitions/Raw"}},
				"x-kubernetes-group-version-kind": [{"group": "work.example", "version": "v1beta1", "kind": "Task"}]},
			"io.k8s.api.work.v1beta1.TaskSpec": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
			"Raw": {"type": "string"}}}`,
	})
	r, err := files.read(t, version{90, 1})
	if err != nil {
		t.Fatal(err)
	}
	got := rows(r)
	for _, want := range []string{
		"resource work.example/v1 tasks Task Namespaced create,list,update,watch    on 1",
		" work.example/v1beta1 tasks Task Cluster list    on 1",
		" work.example/v1beta1 Task >work.v1beta1.Task 1",
		" work.v1beta1.Task raw object 1",
		"  spec >work.v1beta1.TaskSpec 1",
		" work.v1beta1.TaskSpec name string! 1",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("the catalogue lacks %q:\n%s", want, strings.Join(got, "\n"))
		}
	}
}

// TestNotUnderstood checks that what a release has newly is an error, and is not left out.
func TestNotUnderstood(t *testing.T) {
	tests := []struct {
		name string
		// file is changed by a replacement.
		file, old, new string
		want           string
	}{
		{"a keyword of a schema", workDoc, `"on": {`, `"on": {"anyOf": [], `, `the keyword "anyOf" is new`},
		{"a keyword beside properties", workDoc, `"description": "A task."`, `"additionalProperties": true`, `the keyword "additionalProperties" is new`},
		{"a type", workDoc, `"on": {"type": "boolean"}`, `"on": {"type": "date"}`, `the type "date" is new`},
		{"alternatives", workDoc, `{"type": "string"}, {"type": "number"}`, `{"type": "string"}, {"type": "array"}`, "the alternatives"},
		{"two schemas in allOf", workDoc, `TaskSpec"}],`, `TaskSpec"}, {}],`, "allOf is not one schema"},
		{"a reference to nothing", workDoc, `schemas/JSON"`, `schemas/Jason"`, "the schema Jason is referred to and is not there"},
		{"a required field that is not there", workDoc, `"required": ["spec"]`, `"required": ["speck"]`, "the field speck is required and is not there"},
		{"an action", workDoc, `"watchlist"`, `"stare"`, `the action "stare" is new`},
		{"a verb that discovery lacks", workList, `"update", `, "", "discovery and OpenAPI differ"},
		{"a resource that discovery lacks", workList, `"name": "tasks/log"`, `"name": "tasks/logs"`, "discovery and OpenAPI differ"},
		{"discovery of another group version", workList, `"groupVersion": "work.example/v1"`, `"groupVersion": "work.example/v2"`, `is about "work.example/v2"`},
		{"a feature gate that must be off", storage, "if utilfeature", "if !utilfeature", "in a way that is not understood"},
		{"another use of a feature gate", storage, "Enabled(features.TaskLog) {\n\t\t\tstorage", "Enabled(features.TaskLog) || more {\n\t\t\tstorage", "in a way that is not understood"},
		{"the storage of another variable", storage, `storage[resource+"/log"]`, `storage[name+"/log"]`, "in a way that is not understood"},
		{"the storage of something that is not published", storage, `"/log"]`, `"/logs"]`, "is not in the documents"},
		{"an unknown feature gate", features, "TaskLog: {\n", "TaskLogs: {\n", "the feature gate TaskLog is not known"},
		{"no feature gates", features, "PreRelease", "Stage", "has no feature gates"},
		{"a legacy beta of an unknown package", instance, `"k8s.io/api/work/v1beta1"`, `"k8s.io/api/works/v1beta1"`, `an entry of "workv1beta1" that is not understood`},
		{"a lifecycle that is computed", lifecycle, "return 1, 80", "return 1, minor80", "it does not return two numbers"},
		{"a replacement that is computed", lifecycle, `Kind: "Task"`, "Kind: task", "it does not return a group, a version and a kind"},
		{"a lifecycle method", lifecycle, "APILifecycleIntroduced", "APILifecycleRenamed", "the method is new"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := small().replaced(t, test.file, test.old, test.new).read(t, version{90, 1})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want one with %q", err, test.want)
			}
		})
	}
	t.Run("files that are not there", func(t *testing.T) {
		for _, file := range []string{workDoc, instance, storage, features, openAPI + "swagger.json", "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1/register.go"} {
			if _, err := small().with(tree{file: ""}).read(t, version{90, 1}); err == nil {
				t.Errorf("%s is not there, and that is no error", file)
			}
		}
	})
	t.Run("a discovery document without an OpenAPI document", func(t *testing.T) {
		files := small().with(tree{discovery + "apis__work.example__v2.json": "{}"})
		if _, err := files.read(t, version{90, 1}); err == nil || !strings.Contains(err.Error(), "work.example/v2 has a discovery document and no OpenAPI document") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("a document that says something else of a schema", func(t *testing.T) {
		files := small().replaced(t, betaDoc, `"schemas": {}`, `"schemas": {"Raw": {"type": "string"}}`)
		if _, err := files.read(t, version{90, 1}); err == nil || !strings.Contains(err.Error(), "another document says something else") {
			t.Errorf("the error is %v", err)
		}
	})
}

// TestSameBytes checks that a catalogue depends on nothing but its releases.
func TestSameBytes(t *testing.T) {
	var archives [][]byte
	for range 3 {
		var releases []*release
		for minor := 90; minor < 93; minor++ {
			r, err := small().read(t, version{minor, 0})
			if err != nil {
				t.Fatal(err)
			}
			releases = append(releases, r)
		}
		archive := encode(releases)
		archives = append(archives, archive)
		if !bytes.Equal(archives[0], archive) {
			t.Error("the same releases give other bytes")
		}
	}
	r, err := gzip.NewReader(bytes.NewReader(archives[0]))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || !strings.HasSuffix(string(text), "\t7\n") {
		t.Errorf("the archive is not whole: error %v\n%s", err, text)
	}
	file := filepath.Join(t.TempDir(), archiveName)
	if err := os.WriteFile(file, archives[0], 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := releasesIn(file)
	if err != nil || !slices.Equal(before, []string{"1.90.0", "1.91.0", "1.92.0"}) {
		t.Errorf("the releases in the file are %v, error %v", before, err)
	}
	if none, err := releasesIn(file + ".not"); none != nil || err != nil {
		t.Errorf("no file has the releases %v, error %v", none, err)
	}
}

func TestChoose(t *testing.T) {
	known := []string{"v1.34.0", "v1.34.10", "v1.34.9", "v1.35.0-rc.1", "v1.35.0", "1.33.2"}
	for _, test := range []struct {
		wanted, want, err string
	}{
		{"1.34", "1.34.10", ""},
		{"1.35 1.34 1.33", "1.33.2 1.34.10 1.35.0", ""},
		{"1.33..1.35", "1.33.2 1.34.10 1.35.0", ""},
		{"1.33..1.34 1.35.2", "1.33.2 1.34.10 1.35.2", ""},
		{"1.33..1.36", "", "lists no patch of 1.36"},
		{"1.35..1.33", "", `"1.35..1.33" is not a release`},
		{"1.33.1..1.34", "", `"1.33.1..1.34" is not a release`},
		{"1.34.3", "1.34.3", ""},
		{"v1.34.3", "1.34.3", ""},
		{"1.38.1", "1.38.1", ""},
		{"1.38", "", "lists no patch of 1.38"},
		{"1.34 1.34.3", "", "are the same release"},
		{"0.34", "", `"0.34" is not a release`},
		{"latest", "", `"latest" is not a release`},
		{"1.34.x", "", `"1.34.x" is not a release`},
	} {
		versions, err := choose(strings.Fields(test.wanted), known)
		var got []string
		for _, v := range versions {
			got = append(got, v.String())
		}
		if strings.Join(got, " ") != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %v, error %v, want %s, error %q", test.wanted, got, err, test.want, test.err)
		}
	}
}
