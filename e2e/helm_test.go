package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// eachHelm runs a test with Helm 3 and with Helm 4.
func eachHelm(t *testing.T, test func(t *testing.T, major string)) {
	t.Helper()
	for _, major := range []string{"3", "4"} {
		t.Run("Helm "+major, func(t *testing.T) {
			t.Parallel()
			test(t, major)
		})
	}
}

// chartDir is the folder of the chart.
func chartDir() string { return filepath.Join(suite.programs.Root, "charts", "kreconcile") }

// helm is one version of Helm for the administrator of a cluster, with its own home.
type helm struct {
	program    string
	home       string
	kubeconfig string
	namespace  string
}

// newHelm returns the Helm of a major version. The cluster may be nil.
func newHelm(t *testing.T, major string, c *cluster.Cluster, namespace string) *helm {
	t.Helper()
	if err := buildHelm(); err != nil {
		t.Fatal(err)
	}
	h := &helm{program: suite.programs.Helm3, home: t.TempDir(), namespace: namespace}
	if major == "4" {
		h.program = suite.programs.Helm4
	}
	h.kubeconfig = filepath.Join(h.home, "none")
	if c != nil {
		h.kubeconfig = c.Kubeconfig
	}
	return h
}

// run runs helm in its home, with the values on standard input.
func (h *helm) run(ctx context.Context, values string, args ...string) (*pod.Result, error) {
	cmd := exec.CommandContext(ctx, h.program, args...)
	cmd.Env = append([]string{
		"HOME=" + h.home, "PATH=" + os.Getenv("PATH"), "KUBECONFIG=" + h.kubeconfig, "HELM_NAMESPACE=" + h.namespace,
	}, cluster.Frugal...)
	cmd.Dir = h.home
	cmd.Stdin = strings.NewReader(values)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	return &pod.Result{ExitCode: cmd.ProcessState.ExitCode(), Stdout: stdout.String(), Stderr: stderr.String()}, nil
}

// expect runs helm and ends the test if the exit code is another one.
func (h *helm) expect(t *testing.T, exit int, values string, args ...string) *pod.Result {
	t.Helper()
	r, err := h.run(t.Context(), values, args...)
	if err != nil {
		t.Fatal(err)
	}
	if r.ExitCode != exit {
		t.Fatalf("helm %s: exit %d, want %d\n%s%s", strings.Join(args, " "), r.ExitCode, exit, r.Stdout, r.Stderr)
	}
	return r
}

// documents returns the objects of a manifest as YAML with sorted keys, by kind and
// name.
func documents(t *testing.T, manifest string) map[string]string {
	t.Helper()
	objects := map[string]string{}
	for _, document := range regexp.MustCompile(`(?m)^---\n`).Split(manifest, -1) {
		var object map[string]any
		if err := yaml.UnmarshalStrict([]byte(document), &object); err != nil {
			t.Fatalf("%v\n%s", err, document)
		}
		if len(object) == 0 {
			continue
		}
		sorted, err := yaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		metadata, ok := object["metadata"].(map[string]any)
		if !ok {
			t.Fatalf("an object without metadata:\n%s", document)
		}
		objects[fmt.Sprintf("%s/%s", object["kind"], metadata["name"])] = string(sorted)
	}
	return objects
}

// ciValues are the value files that cover each switch of the chart.
func ciValues(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(chartDir(), "ci", "*-values.yaml"))
	if err != nil || len(files) < 4 {
		t.Fatalf("value files %q, %v", files, err)
	}
	values := map[string]string{}
	for _, file := range files {
		values[strings.TrimSuffix(filepath.Base(file), "-values.yaml")] = file
	}
	return values
}

// renderObjects has what the value files refer to.
const renderObjects = `
apiVersion: v1
kind: ServiceAccount
metadata:
  name: preflight
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  name: gates
value: 1000
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata:
  name: sandboxed
handler: sandboxed
`

// TestChartIsAccepted lints and renders the chart with each value file. It sends all
// objects to a server that checks every field, and the Pods to one that admits only
// restricted ones. Both versions of Helm render the same objects.
func TestChartIsAccepted(t *testing.T) {
	t.Parallel()
	s := newSite(t, extended(t), "rendered")
	s.kubectl(t, renderObjects, "create", "-f", "-")
	for name, file := range ciValues(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rendered := map[string]map[string]string{}
			for _, major := range []string{"3", "4"} {
				h := newHelm(t, major, nil, s.namespace)
				lint := h.expect(t, 0, "", "lint", "--strict", chartDir(), "-f", file)
				expectInOrder(t, lint.Stdout, "1 chart(s) linted, 0 chart(s) failed")
				out := h.expect(t, 0, "", "template", "gate", chartDir(), "-f", file)
				if out.Stderr != "" {
					t.Errorf("Helm %s warns:\n%s", major, out.Stderr)
				}
				rendered[major] = documents(t, out.Stdout)
			}
			if diff := cmp.Diff(rendered["3"], rendered["4"]); diff != "" {
				t.Errorf("renderings differ (-Helm 3 +Helm 4):\n%s", diff)
			}
			pods := 0
			for id, object := range rendered["4"] {
				if err := s.dryRun(t, object); err != nil {
					t.Errorf("%s: %v\n%s", id, err, object)
				}
				if strings.HasPrefix(id, "Job/") {
					pods++
					if err := s.dryRun(t, barePod(t, object)); err != nil {
						t.Errorf("the Pod of %s: %v", id, err)
					}
				}
			}
			if pods == 0 {
				t.Error("no Job was rendered")
			}
		})
	}
}

// barePod returns the Pod of a Job, without an owner. It uses the namespace's default
// account, where the Job has one that the chart makes.
func barePod(t *testing.T, job string) string {
	t.Helper()
	var object batchv1.Job
	if err := yaml.UnmarshalStrict([]byte(job), &object); err != nil {
		t.Fatal(err)
	}
	spec := object.Spec.Template.Spec
	if spec.ServiceAccountName != "preflight" {
		spec.ServiceAccountName = "default"
	}
	manifest, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Pod", "spec": spec,
		"metadata": map[string]any{
			"name": "kreconcile", "labels": object.Spec.Template.Labels, "annotations": object.Spec.Template.Annotations,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(manifest)
}

// TestChartRefuses gives both versions of Helm values that make no sense.
func TestChartRefuses(t *testing.T) {
	t.Parallel()
	const image = "image: {repository: kreconcile}\n"
	const declared = image + "declaration: 'api \"v1\" {}'\n"
	for name, test := range map[string]struct{ values, want string }{
		"a misspelt value":            {declared + "declarations: x", "declarations"},
		"a misspelt value within":     {"declaration: 'api \"v1\" {}'\nimage: {tags: x}", "tags"},
		"a word for a number":         {declared + "backoffLimit: two", "backoffLimit"},
		"another mode":                {declared + "mode: hooks", "mode"},
		"a duration of days":          {declared + "wait: 1d", "wait"},
		"a duration without a unit":   {declared + "wait: 60", "wait"},
		"a file that is not read":     {image + "declaration: {requirements.yaml: x}", `declaration has the file "requirements.yaml": kreconcile reads files whose name ends in .hcl or .hcl.json`},
		"a name that is no variable":  {declared + "variables: {a b: x}", "a b"},
		"no declaration":              {image, "set declaration to what the cluster must serve, or existingConfigMap"},
		"an empty declaration":        {image + "declaration: ' '", "set declaration to what the cluster must serve, or existingConfigMap"},
		"files without a word":        {image + "declaration: {a.hcl: '', b.hcl: ''}", "set declaration to what the cluster must serve, or existingConfigMap"},
		"nothing but comments":        {image + "declaration: |\n  # One.\n  /* Two,\n  three. */ // four", "set declaration to what the cluster must serve, or existingConfigMap"},
		"two declarations":            {declared + "existingConfigMap: x", "set either declaration or existingConfigMap"},
		"warnings that count and not": {declared + "warnOnly: true\nfailOnWarning: true", "warnOnly lets everything pass, and failOnWarning nothing"},
		"more passes than one":        {declared + "consecutive: 2\nwait: 0s", "consecutive is 2, which needs wait"},
		"a pass without time":         {declared + "timeout: 0s", "timeout must be more than 0s"},
		"the account that all have":   {declared + "serviceAccount: {create: true, name: default}", "serviceAccount.name is default, an account that each namespace has"},
		"an argument of the chart's":  {declared + "extraArgs: [--wait=5m]", "extraArgs has --wait=5m: the chart sets it by its other values"},
		"a number with a zero before": {declared + "wait: 08m", "wait"},
		"no mode":                     {declared + "mode: null", "mode must be hook or job"},
		"no image":                    {declared + "image: {repository: ''}", "set image.repository to an image of kreconcile"},
		"an image that is null":       {declared + "image: null", "set image.repository to an image of kreconcile"},
		"no passes":                   {declared + "consecutive: null", "consecutive must be at least 1"},
		"a flag with one dash":        {declared + "extraArgs: [-warn-only]", "extraArgs has -warn-only"},
		"a run that only helps":       {declared + "extraArgs: [--help]", "or the Job would not check the cluster"},
		"a character beyond YAML":     {image + "declaration: \"api \\x7f\"", "declaration has a character that YAML cannot hold"},
		"a deadline within two Pods":  {declared + "wait: 2m\nbackoffLimit: 1", "activeDeadlineSeconds is 240, which must be above wait (2m) for each of 2 Pods"},
		"an account for all":          {declared + "serviceAccount: {create: true, name: app}", "leave serviceAccount.create at false to use an account that exists, or give a name that ends in -kreconcile"},
		"a volume without a name":     {declared + "extraVolumes: [{emptyDir: {}}]", "name"},
		"another word for OpenShift":  {declared + "openshift: yes, please", "openshift"},
		"a deadline within wait":      {declared + "wait: 4m", "activeDeadlineSeconds is 240, which must be above wait (4m)"},
		"a deadline within a pass":    {declared + "wait: ''\ntimeout: 5m", "activeDeadlineSeconds is 240, which must be above timeout (5m)"},
		"a deadline after Helm's":     {declared + "activeDeadlineSeconds: 300", "activeDeadlineSeconds is 300, which must be below helm's --timeout (helmTimeout: 5m)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, major := range []string{"3", "4"} {
				r := newHelm(t, major, nil, "refused").expect(t, 1, test.values, "template", "gate", chartDir(), "-f", "-")
				if !strings.Contains(r.Stderr, test.want) || r.Stdout != "" {
					t.Errorf("Helm %s does not say %q:\n%s%s", major, test.want, r.Stdout, r.Stderr)
				}
			}
		})
	}
}
