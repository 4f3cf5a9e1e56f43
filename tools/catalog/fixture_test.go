package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree is a set of files, by their paths in the folder of all modules.
type tree map[string]string

// with returns the tree with other files. An empty one is removed.
func (files tree) with(others tree) tree {
	changed := maps.Clone(files)
	for name, content := range others {
		if content == "" {
			delete(changed, name)
		} else {
			changed[name] = content
		}
	}
	return changed
}

// replaced returns the tree with one file changed by replacements of texts.
func (files tree) replaced(t *testing.T, name string, oldnew ...string) tree {
	t.Helper()
	content := strings.NewReplacer(oldnew...).Replace(files[name])
	if content == files[name] {
		t.Fatalf("%s has nothing to replace", name)
	}
	return files.with(tree{name: content})
}

// read writes the tree to disk and reads the release.
func (files tree) read(t *testing.T, v version) (*release, error) {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var modules []module
	for _, path := range append([]string{kubernetesModule}, typeModules()...) {
		modules = append(modules, module{Path: path, Version: v.of(path), Sum: "h1:" + v.of(path) + "=", Dir: filepath.Join(root, path)})
	}
	return readRelease(v, modules)
}

const (
	openAPI    = "k8s.io/kubernetes/api/openapi-spec/"
	discovery  = "k8s.io/kubernetes/api/discovery/"
	workDoc    = openAPI + "v3/apis__work.example__v1_openapi.json"
	betaDoc    = openAPI + "v3/apis__work.example__v1beta1_openapi.json"
	workList   = discovery + "apis__work.example__v1.json"
	storage    = "k8s.io/kubernetes/pkg/registry/work/rest/storage_work.go"
	instance   = "k8s.io/kubernetes/pkg/controlplane/instance.go"
	features   = "k8s.io/kubernetes/pkg/features/kube_features.go"
	lifecycle  = "k8s.io/api/work/v1beta1/zz_generated.prerelease-lifecycle.go"
	gvkWork    = `"x-kubernetes-group-version-kind": {"group": "work.example", "version": "v1", "kind": "Task"}`
	gvkBeta    = `"x-kubernetes-group-version-kind": {"group": "work.example", "version": "v1beta1", "kind": "Task"}`
	register   = "package v1\n\nconst GroupName = \"work.example\"\n"
	emptyTypes = "package v1\n\nconst GroupName = \"\"\n"
)

// small is a small release: the resource tasks in a stable and in a beta version.
func small() tree {
	return tree{
		workDoc: `{"paths": {
			"/apis/work.example/v1/": {"get": {}},
			"/apis/work.example/v1/namespaces/{namespace}/tasks": {
				"get": {"x-kubernetes-action": "list", ` + gvkWork + `}, "post": {"x-kubernetes-action": "post", ` + gvkWork + `},
				"parameters": []},
			"/apis/work.example/v1/namespaces/{namespace}/tasks/{name}": {"put": {"x-kubernetes-action": "put", ` + gvkWork + `}},
			"/apis/work.example/v1/namespaces/{namespace}/tasks/{name}/log": {
				"get": {"x-kubernetes-action": "connect", ` + gvkWork + `}, "head": {"x-kubernetes-action": "connect", ` + gvkWork + `}},
			"/apis/work.example/v1/watch/tasks": {"get": {"x-kubernetes-action": "watchlist", ` + gvkWork + `}}
		}, "components": {"schemas": {
			"io.k8s.api.work.v1.Task": {"type": "object", "description": "A task.", "required": ["spec"], "properties": {
				"spec": {"allOf": [{"$ref": "#/components/schemas/io.k8s.api.work.v1.TaskSpec"}], "default": {}},
				"raw": {"$ref": "#/components/schemas/Raw"}},
				"x-kubernetes-group-version-kind": [{"group": "work.example", "version": "v1", "kind": "Task"}]},
			"io.k8s.api.work.v1.TaskSpec": {"type": "object", "properties": {
				"port": {"$ref": "#/components/schemas/IntOrString"}, "limit": {"$ref": "#/components/schemas/Quantity"},
				"tags": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
				"free": {"$ref": "#/components/schemas/JSON"}, "on": {"type": "boolean"}}},
			"Raw": {"type": "object"}, "JSON": {"description": "Anything."},
			"IntOrString": {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
			"Quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]}
		}}}`,
		betaDoc: `{"paths": {
			"/apis/work.example/v1beta1/tasks": {"get": {"x-kubernetes-action": "list", ` + gvkBeta + `}},
			"/apis/work.example/v1beta1/tasks/{name}/log": {"get": {"x-kubernetes-action": "get", ` + gvkBeta + `}}
		}, "components": {"schemas": {}}}`,
		openAPI + "v3/version_openapi.json": `{}`,
		openAPI + "swagger.json":            `{"paths": {"/version/": {}, "/api/": {}, "/apis/work.example/": {}}, "definitions": {}}`,
		workList: `{"groupVersion": "work.example/v1", "resources": [
			{"name": "tasks", "singularName": "task", "kind": "Task", "namespaced": true, "verbs": ["create", "list", "update", "watch"],
				"shortNames": ["ta"], "categories": ["all", "work"]},
			{"name": "tasks/log", "singularName": "", "kind": "Task", "namespaced": true, "verbs": ["get"]}]}`,
		discovery + "apis.json": `{}`,
		instance: `package controlplane

import workv1beta1 "k8s.io/api/work/v1beta1"

var legacyBetaEnabledByDefaultResources = []schema.GroupVersionResource{
	workv1beta1.SchemeGroupVersion.WithResource("tasks"), // remove in 1.99
}
`,
		storage: `package rest

import (
	workv1 "k8s.io/api/work/v1"
	workv1beta1 "k8s.io/kubernetes/pkg/apis/work/v1beta1"
)

func (p Provider) v1Storage() {
	if resource := "tasks"; source.ResourceEnabled(workv1.SchemeGroupVersion.WithResource(resource)) {
		storage[resource] = tasks
		if utilfeature.DefaultFeatureGate.Enabled(features.TaskLog) {
			storage[resource+"/log"] = log
		}
		if !utilfeature.DefaultFeatureGate.Enabled(features.TaskLog) {
			other = something
		}
	}
	if resource := "tasks"; source.ResourceEnabled(workv1beta1.SchemeGroupVersion.WithResource(resource)) {
		storage[resource] = tasks
	}
}
`,
		features: `package features

var gates = map[featuregate.Feature]featuregate.VersionedSpecs{
	TaskLog: {
		{Version: version.MustParse("1.89"), Default: true, PreRelease: featuregate.Alpha},
		{Version: version.MustParse("1.90"), Default: false, PreRelease: featuregate.Beta},
	},
	Tasks:   {{Default: true, PreRelease: featuregate.GA}},
	TaskRun: {Default: false, PreRelease: featuregate.Alpha},
}

var dependencies = map[featuregate.Feature][]featuregate.Feature{
	TaskLog: {Tasks, TaskRun},
	Tasks:   {},
}
`,
		lifecycle: `package v1beta1

func (in *Task) APILifecycleIntroduced() (major, minor int) {
	return 1, 80
}

func (in *Task) APILifecycleReplacement() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "work.example", Version: "v1", Kind: "Task"}
}

func (in *Task) Other() {}
`,
		"k8s.io/api/work/v1/register.go":                                  register,
		"k8s.io/api/work/v1beta1/register.go":                             register,
		"k8s.io/apiextensions-apiserver/pkg/apis/x/v1/register.go":        emptyTypes,
		"k8s.io/kube-aggregator/pkg/apis/apiregistration/v1/register.go":  emptyTypes,
		"k8s.io/kube-aggregator/pkg/apis/apiregistration/v1/some_test.go": "not Go",
	}
}
