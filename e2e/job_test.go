package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/pod"
)

// job is what deploy/job.yaml holds.
type job struct {
	manifest  string
	configMap corev1.ConfigMap
	job       batchv1.Job
}

func readJob(t *testing.T) *job {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(suite.programs.Root, "deploy", "job.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	j := &job{manifest: string(content)}
	for document := range strings.SplitSeq(j.manifest, "\n---\n") {
		var object any
		switch {
		case strings.Contains(document, "\nkind: ConfigMap\n"):
			object = &j.configMap
		case strings.Contains(document, "\nkind: Job\n"):
			object = &j.job
		default:
			continue
		}
		if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

const restrictedNamespace = `
apiVersion: v1
kind: Namespace
metadata:
  name: restricted
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/warn: restricted
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: kreconcile
  namespace: restricted
`

// TestJobIsAccepted sends deploy/job.yaml to a server that checks every field,
// and its Pod to one that admits none but restricted ones.
func TestJobIsAccepted(t *testing.T) {
	t.Parallel()
	c := extended(t)
	if err := c.Apply(t.Context(), restrictedNamespace); err != nil {
		t.Fatal(err)
	}
	j := readJob(t)
	dryRun := func(t *testing.T, manifest string) (string, error) {
		return c.Kubectl(t.Context(), manifest, "create", "--namespace=restricted", "-f", "-",
			"--dry-run=server", "--validate=strict", "--warnings-as-errors")
	}
	podManifest := func(t *testing.T, spec corev1.PodSpec) string {
		t.Helper()
		manifest, err := yaml.Marshal(map[string]any{
			"apiVersion": "v1", "kind": "Pod", "metadata": map[string]string{"name": "kreconcile"}, "spec": spec,
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(manifest)
	}

	t.Run("the manifest", func(t *testing.T) {
		// The ServiceAccount is there already: the Pod below needs it.
		_, rest, _ := strings.Cut(j.manifest, "\n---\n")
		out, err := dryRun(t, rest)
		if err != nil {
			t.Fatal(err)
		}
		expectInOrder(t, out, "configmap/kreconcile created (server dry run)", "job.batch/kreconcile created (server dry run)")
	})
	t.Run("its Pod", func(t *testing.T) {
		if _, err := dryRun(t, podManifest(t, j.job.Spec.Template.Spec)); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("its Pod without a seccomp profile is not", func(t *testing.T) {
		spec := *j.job.Spec.Template.Spec.DeepCopy()
		spec.SecurityContext.SeccompProfile = nil
		_, err := dryRun(t, podManifest(t, spec))
		if err == nil || !strings.Contains(err.Error(), `violates PodSecurity "restricted:latest"`) {
			t.Errorf("error %v: the server does not check Pods, so that this test holds nothing", err)
		}
	})
	t.Run("a misspelled field is not", func(t *testing.T) {
		_, err := dryRun(t, strings.Replace(j.manifest, "backoffLimit:", "backofLimit:", 1))
		if err == nil || !strings.Contains(err.Error(), `unknown field "spec.backofLimit"`) {
			t.Errorf("error %v: the server does not check fields, so that this test holds nothing", err)
		}
	})
}

// TestJobRuns runs the container's command line with what its Pod would have: the
// environment, the volumes as the kubelet lays them out, the user, a read-only
// root, and the file of the termination message.
func TestJobRuns(t *testing.T) {
	t.Parallel()
	c := stock(t)
	a := newAccount(t, c)
	j := readJob(t)
	spec := j.job.Spec.Template.Spec
	container := spec.Containers[0]

	for name, test := range map[string]struct {
		change      func(declaration string) string
		exit        int
		stdout      []string
		stderr      []string
		termination []string
	}{
		"as it is": {
			change: func(s string) string { return s },
			exit:   0, stdout: []string{"No drift.", "Asked https://10.96.0.1:443 (v1.36.3): 3 requests"},
			termination: []string{"No drift."},
		},
		"drift": {
			change: func(s string) string {
				return strings.Replace(s, "networking.k8s.io/v1", "networking.k8s.io/v1beta1", 1)
			},
			exit: 2, stdout: []string{"Drift.", `api["networking.k8s.io/v1beta1"] is not served`},
			termination: []string{"Drift.", `api["networking.k8s.io/v1beta1"] is not served`},
		},
		"mistake": {
			change: func(s string) string { return strings.Replace(s, "subresources", "subresorces", 1) },
			exit:   1, stderr: []string{"Error", "requirements.hcl", "Did you mean \"subresources\"?"},
			termination: []string{"Error: ", "requirements.hcl line 8", "Did you mean \"subresources\"?"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			mounts := map[string]string{container.Command[0]: suite.programs.Kreconcile}
			for _, mount := range container.VolumeMounts {
				files := map[string]string{}
				for key, content := range j.configMap.Data {
					files[key] = test.change(content)
				}
				volume, err := pod.NewVolume(t.TempDir(), files)
				if err != nil {
					t.Fatal(err)
				}
				mounts[mount.MountPath] = volume.Dir
			}
			message := filepath.Join(t.TempDir(), "termination-log")
			if err := os.WriteFile(message, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			// The umask may have taken what the kubelet gives.
			if err := os.Chmod(message, 0o666); err != nil {
				t.Fatal(err)
			}
			r := inPod(t, c, a, pod.Sandbox{
				Mounts: mounts, Writable: map[string]string{corev1.TerminationMessagePathDefault: message},
				User: int(*spec.SecurityContext.RunAsUser), Args: append(container.Command, container.Args...),
			})
			if r.ExitCode != test.exit {
				t.Errorf("exit %d, want %d\n%s%s", r.ExitCode, test.exit, r.Stdout, r.Stderr)
			}
			expectInOrder(t, r.Stdout, test.stdout...)
			expectInOrder(t, r.Stderr, test.stderr...)
			content, err := os.ReadFile(message)
			if err != nil {
				t.Fatal(err)
			}
			expectInOrder(t, string(content), test.termination...)
			a.expectNoToken(t, r.Stdout, r.Stderr, string(content))
		})
	}
}
