package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
)

// overlay writes a folder with a file of deploy/, its declaration changed, and the
// components of deploy/kustomize, and returns the output of kubectl kustomize.
func (s *site) overlay(t *testing.T, file, content, settings string, components ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, component := range components {
		if err := os.CopyFS(filepath.Join(dir, component), os.DirFS(filepath.Join(suite.programs.Root, "deploy", "kustomize", component))); err != nil {
			t.Fatal(err)
		}
	}
	kustomization := "resources: [" + file + "]\ncomponents: [" + strings.Join(components, ", ") + "]\n" + settings
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(kustomization), 0o644); err != nil {
		t.Fatal(err)
	}
	return s.kubectl(t, "", "kustomize", dir)
}

// TestKustomize makes Jobs of an overlay on a cluster where each object must name its
// owner and OpenShift chooses the user. Each declaration has a verdict of its own.
func TestKustomize(t *testing.T) {
	t.Parallel()
	const owned = "labels: [{pairs: {example.com/owner: platform}, includeSelectors: false, includeTemplates: true}]\n" +
		"commonAnnotations: {example.com/contact: platform@example.com}\n"
	j := startJobController(t, deployed(t), "overlay", "owner-required", "openshift")
	content := change(t, deployFile(t, "job.yaml"), "--wait=2m", "--wait=6s")
	_, err := j.cluster.Kubectl(t.Context(), j.overlay(t, "job.yaml", content, ""), "create", "--namespace="+j.namespace, "-f", "-")
	if err == nil || !strings.Contains(err.Error(), "the label example.com/owner") {
		t.Errorf("error %v: the server does not ask for an owner", err)
	}
	for _, name := range []string{"in sync", "drifted", "in sync"} {
		test := outcomes("/etc/kreconcile")[name]
		manifest := j.overlay(t, "job.yaml", change(t, content, test.old, test.new), owned, "openshift")
		j.kubectl(t, manifest, "replace", "--force", "-f", "-")
		j.expectWait(t, "job/kreconcile", test.exit, test.stdout, nil)
		runs := j.take(t)
		if len(runs) != 1 || runs[0].User != 1000650000 || runs[0].Group != 0 {
			t.Errorf("it ran as %+v", runs)
		}
	}
}

// TestComponents applies each component, and reads the result.
func TestComponents(t *testing.T) {
	t.Parallel()
	s := newSite(t, deployed(t), "components")
	apply := func(t *testing.T, file string, components ...string) {
		t.Helper()
		s.kubectl(t, s.overlay(t, file, deployFile(t, file), "", components...), "apply", "-f", "-")
	}
	t.Run("openshift", func(t *testing.T) {
		apply(t, "cronjob.yaml", "openshift")
		apply(t, "init-container.yaml", "openshift-init-container")
		cron := read[batchv1.CronJob](t, s, "cronjob", "kreconcile-drift").Spec.JobTemplate.Spec.Template
		web := read[appsv1.Deployment](t, s, "deployment", "web").Spec.Template
		for _, context := range []any{cron.Spec.SecurityContext, web.Spec.SecurityContext} {
			if text := asJSON(t, context); strings.Contains(text, "runAsUser") || strings.Contains(text, "Group") || !strings.Contains(text, "runAsNonRoot") {
				t.Errorf("the security context is %s", text)
			}
		}
	})
	t.Run("istio", func(t *testing.T) {
		apply(t, "init-container.yaml", "istio")
		template := read[appsv1.Deployment](t, s, "deployment", "web").Spec.Template
		r := s.run(t, s.startPod(t, &template), "kreconcile")
		if r.ExitCode != 0 || r.User != 1337 || r.Group != 1337 {
			t.Errorf("exit %d as user %d and group %d\n%s", r.ExitCode, r.User, r.Group, r.Stderr)
		}
		if context := template.Spec.Containers[0].SecurityContext; context.RunAsUser != nil {
			t.Errorf("the application runs as %d", *context.RunAsUser)
		}
	})
	t.Run("linkerd", func(t *testing.T) {
		apply(t, "init-container.yaml", "linkerd")
		annotations := read[appsv1.Deployment](t, s, "deployment", "web").Spec.Template.Annotations
		if annotations["config.linkerd.io/skip-outbound-ports"] != "443" {
			t.Errorf("the Pod's annotations are %v", annotations)
		}
	})
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
