package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	oci "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/kreconcile/kreconcile/e2e/pod"
)

// TestImageRuns unpacks the image for this machine and runs its entry point as a
// container engine would: as its user, with only the files of the image, the service
// account and a declaration.
func TestImageRuns(t *testing.T) {
	t.Parallel()
	l := openLayout(t, filepath.Join(dist(t), "image"))
	c := stock(t)
	a := newAccount(t, c)
	i := l.image(t, runtime.GOARCH)
	root := i.unpack(t)
	id, group, _ := strings.Cut(i.config.Config.User, ":")
	number, err := strconv.Atoi(id)
	if err != nil || id != group {
		t.Fatalf("user %q", i.config.Config.User)
	}
	// The image has no environment; a kubelet adds this.
	env := slices.DeleteFunc(append(pod.Env(), i.config.Config.Env...), func(s string) bool { return strings.HasPrefix(s, "PATH=") })
	inImage := func(t *testing.T, declaration string, args ...string) *pod.Result {
		t.Helper()
		s := pod.Sandbox{Root: root, User: number, Env: env, Args: append(slices.Clone(i.config.Config.Entrypoint), args...)}
		if declaration != "" {
			volume, err := pod.NewVolume(t.TempDir(), map[string]string{"requirements.hcl": declaration})
			if err != nil {
				t.Fatal(err)
			}
			s.Mounts = map[string]string{"/etc/kreconcile": volume.Dir}
		}
		return inPod(t, c, a, s)
	}

	for name, test := range map[string]struct {
		declaration string
		args        []string
		exit        int
		stdout      []string
		stderr      string
	}{
		"in sync": {
			declaration: corePods, args: []string{"apply", "/etc/kreconcile"},
			stdout: []string{"No drift.", "Asked https://10.96.0.1:443: 2 requests"},
		},
		"drift": {
			declaration: `api "policy/v1beta1" {}`, args: []string{"apply", "/etc/kreconcile"}, exit: 2,
			stdout: []string{"Drift.", `api["policy/v1beta1"] is not served`},
		},
		"nothing can be written": {
			declaration: corePods, args: []string{"snapshot", "--out=/snapshot.json", "/etc/kreconcile"}, exit: 1,
			stderr: "read-only file system",
		},
		"without a command": {stdout: []string{"Available Commands:"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := inImage(t, test.declaration, test.args...)
			if r.ExitCode != test.exit || !strings.Contains(r.Stderr, test.stderr) || test.stderr == "" && r.Stderr != "" {
				t.Errorf("exit %d, want %d and %q\n%s%s", r.ExitCode, test.exit, test.stderr, r.Stdout, r.Stderr)
			}
			expectInOrder(t, r.Stdout, test.stdout...)
		})
	}

	t.Run("its version", func(t *testing.T) {
		r := inImage(t, "", "version", "-o", "json")
		var version struct {
			Version string `json:"kreconcile_version"`
		}
		if err := json.Unmarshal([]byte(r.Stdout), &version); err != nil {
			t.Fatalf("%+v: %v", *r, err)
		}
		if label := i.config.Config.Labels[oci.AnnotationVersion]; version.Version != label {
			t.Errorf("the program is %q, and its label says %q", version.Version, label)
		}
	})

	// The runs had the image, and what was mounted.
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if diff := cmp.Diff([]string{"etc", "kreconcile", "licenses", "var"}, names); diff != "" {
		t.Errorf("the root differs (-want +got):\n%s", diff)
	}
}
