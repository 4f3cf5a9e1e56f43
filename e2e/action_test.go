package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rhysd/actionlint"
	"sigs.k8s.io/yaml"
)

// compositeAction has the keys of action.yml. Any other is an error.
//
// Source: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
type compositeAction struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Author      string `json:"author"`
	Branding    struct {
		Icon  string `json:"icon"`
		Color string `json:"color"`
	} `json:"branding"`
	Inputs map[string]struct {
		Description string  `json:"description"`
		Default     *string `json:"default"`
	} `json:"inputs"`
	Outputs map[string]struct {
		Description string `json:"description"`
		Value       string `json:"value"`
	} `json:"outputs"`
	Runs struct {
		Using string           `json:"using"`
		Steps []map[string]any `json:"steps"`
	} `json:"runs"`
}

func readAction(t *testing.T) *compositeAction {
	t.Helper()
	var action compositeAction
	if err := yaml.UnmarshalStrict(readFile(t, filepath.Join(suite.programs.Root, "action.yml")), &action); err != nil {
		t.Fatal(err)
	}
	return &action
}

// TestActionFile tests that GitHub would read action.yml: as the action of a workflow, and
// its steps as those of a workflow with the same inputs.
func TestActionFile(t *testing.T) {
	t.Parallel()
	action := readAction(t)
	project, err := actionlint.NewProject(suite.programs.Root)
	if err != nil {
		t.Fatal(err)
	}
	lint := func(content string) []*actionlint.Error {
		linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
		if err != nil {
			t.Fatal(err)
		}
		found, err := linter.Lint("workflow.yaml", []byte(content), project)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	const use = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n    - uses: ./\n      with:\n        paths: requirements\n"
	for _, found := range lint(use) {
		t.Error(found)
	}
	if found := lint(strings.Replace(use, "paths:", "path:", 1)); len(found) != 1 || !strings.Contains(found[0].Message, "path") {
		t.Errorf("an input that the action does not have gives %v, so that this test holds nothing", found)
	}
	inputs := map[string]any{}
	for name, input := range action.Inputs {
		if input.Description == "" || input.Default == nil {
			t.Errorf("the input %s has no description or no default", name)
		}
		inputs[name] = map[string]any{"type": "string"}
	}
	workflow := func(steps []map[string]any) string {
		content, err := yaml.Marshal(map[string]any{
			"on":   map[string]any{"workflow_call": map[string]any{"inputs": inputs}},
			"jobs": map[string]any{"a": map[string]any{"runs-on": "ubuntu-latest", "steps": steps}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	steps := workflow(action.Runs.Steps)
	for _, found := range lint(steps) {
		t.Errorf("%v\n%s", found, steps)
	}
	for name := range action.Inputs {
		if !strings.Contains(steps, "inputs."+name) {
			t.Errorf("no step uses the input %s", name)
		}
		if !slices.ContainsFunc(lint(strings.ReplaceAll(steps, "inputs."+name, "inputs.other")), func(e *actionlint.Error) bool { return strings.Contains(e.Message, "other") }) {
			t.Errorf("the linter does not find a wrong name of the input %s, so that this test holds nothing", name)
		}
	}
	for name, output := range action.Outputs {
		if want := "${{ steps.run.outputs." + name + " }}"; output.Value != want || output.Description == "" {
			t.Errorf("the output %s is %q, want %q", name, output.Value, want)
		}
	}
	if action.Runs.Using != "composite" || len(action.Runs.Steps) != 2 {
		t.Errorf("the action runs %+v", action.Runs)
	}
}

// altered returns the address of the release's files, with some replaced. Those without
// content are not found.
func (r *releaseOf) altered(t *testing.T, files map[string][]byte) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		name := path.Base(request.URL.Path)
		content, changed := files[name]
		switch {
		case path.Dir(request.URL.Path) != "/"+r.version || changed && content == nil:
			http.NotFound(w, request)
		case changed:
			_, _ = w.Write(content)
		default:
			http.ServeFile(w, request, filepath.Join(r.dist, name))
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// installation is a way in which a pipeline's installation of kreconcile ends.
type installation struct {
	// files replaces some of the release.
	files map[string][]byte
	// declaration is that of the repository.
	declaration string
	// inputs are those of the action or of the component, without their defaults.
	inputs map[string]string
	exit   int
	want   string
}

// Two declarations, for --release.
const (
	inRelease    = "api \"apps/v1\" {}\n"
	notInRelease = "api \"policy/v1beta1\" {}\n"
)

// installations are those that all pipelines share.
func installations(t *testing.T, r *releaseOf) map[string]installation {
	t.Helper()
	archive := r.archive("kreconcile", "linux_"+runtime.GOARCH)
	published := readFile(t, filepath.Join(r.dist, "checksums.txt"))
	sum := r.published(t)[archive]
	broken := []byte("no archive")
	listed := bytes.ReplaceAll(published, []byte(sum), []byte(sumOf(broken)))
	return map[string]installation{
		"satisfied":                 {declaration: inRelease, want: "No drift."},
		"drift":                     {declaration: notInRelease, exit: 2, want: "Drift."},
		"an error":                  {declaration: "api {}\n", exit: 1, want: "Error"},
		"plan":                      {declaration: notInRelease, inputs: map[string]string{"command": "plan"}, want: "Drift."},
		"the right sha256":          {declaration: notInRelease, inputs: map[string]string{"sha256": sum}, exit: 2, want: "Drift."},
		"another sha256":            {declaration: inRelease, inputs: map[string]string{"sha256": strings.Repeat("0", 64)}, exit: 1, want: "and the input sha256 is 0000"},
		"another archive":           {files: map[string][]byte{archive: broken}, declaration: inRelease, exit: 1, want: "but checksums.txt lists " + sum},
		"a broken archive":          {files: map[string][]byte{archive: broken, "checksums.txt": listed}, declaration: inRelease, exit: 1, want: "tar: "},
		"no archive":                {files: map[string][]byte{archive: nil}, declaration: inRelease, exit: 1, want: archive + " cannot be downloaded"},
		"no checksums":              {files: map[string][]byte{"checksums.txt": nil}, declaration: inRelease, exit: 1, want: "checksums.txt cannot be downloaded"},
		"an archive not listed":     {files: map[string][]byte{"checksums.txt": bytes.ReplaceAll(published, []byte("  "+archive), []byte("  other"))}, declaration: inRelease, exit: 1, want: "checksums.txt does not list " + archive},
		"a version not there":       {declaration: inRelease, inputs: map[string]string{"version": "v0.0.99"}, exit: 1, want: "cannot be downloaded"},
		"a run that checks nothing": {declaration: notInRelease, inputs: map[string]string{"args": "--help"}, exit: 1, want: "it did not check anything"},
		"a flag that is not there":  {declaration: inRelease, inputs: map[string]string{"args": "--no-such-flag"}, exit: 1, want: "no-such-flag"},
	}
}

// TestAction runs the action's step as a runner does, with a file server in place of
// GitHub. It passes only if kreconcile ran and was satisfied.
func TestAction(t *testing.T) {
	t.Parallel()
	r := released(t)
	action := readAction(t)
	step := action.Runs.Steps[0]
	expressions := map[string]string{}
	for name, value := range step["env"].(map[string]any) {
		expressions[name] = value.(string)
	}
	type ghOf string
	const (
		verifies ghOf = "#!/bin/sh\necho \"gh $*\" >>\"$HOME/gh.log\"\n"
		refuses  ghOf = "#!/bin/sh\necho 'no attestation found' >&2\nexit 1\n"
		none     ghOf = ""
	)
	type testCase struct {
		installation
		gh  ghOf
		env []string
	}
	archive := r.archive("kreconcile", "linux_"+runtime.GOARCH)
	cases := map[string]testCase{
		"no attestation": {installation{declaration: inRelease, inputs: map[string]string{"verify": "attestation"}, exit: 1, want: archive + " is not attested"}, refuses, nil},
		"no gh":          {installation{declaration: inRelease, inputs: map[string]string{"verify": "attestation"}, exit: 1, want: "The runner has no gh"}, none, nil},
		"no gh, but a sha256": {installation{
			declaration: notInRelease, inputs: map[string]string{"verify": "attestation", "sha256": r.published(t)[archive]}, exit: 2, want: "Drift.",
		}, none, nil},
		"only checksums":       {installation{declaration: inRelease, inputs: map[string]string{"verify": "checksum"}, want: "No drift."}, none, nil},
		"no such verification": {installation{declaration: inRelease, inputs: map[string]string{"verify": "none"}, exit: 1, want: "and not attestation or checksum"}, verifies, nil},
		"another command":      {installation{declaration: inRelease, inputs: map[string]string{"command": "version"}, exit: 1, want: "is neither apply nor plan"}, verifies, nil},
		"no fixed version":     {installation{declaration: inRelease, inputs: map[string]string{"version": "latest"}, exit: 1, want: "is not one such as"}, verifies, nil},
		"another system":       {installation{declaration: inRelease, exit: 1, want: "There is no kreconcile for Plan9."}, verifies, []string{"RUNNER_OS=Plan9"}},
		"another processor":    {installation{declaration: inRelease, exit: 1, want: "There is no kreconcile for ARM."}, verifies, []string{"RUNNER_ARCH=ARM"}},
		// The program for Windows is the right one, and does not run here.
		"Windows": {installation{declaration: inRelease, exit: 1, want: "kreconcile.exe: "}, verifies, []string{"RUNNER_OS=Windows", "RUNNER_ARCH=X64"}},
	}
	for name, test := range installations(t, r) {
		cases[name] = testCase{test, verifies, nil}
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "Windows" {
				onlyNightly(t)
			}
			work, home := t.TempDir(), t.TempDir()
			if err := os.WriteFile(filepath.Join(work, "web.hcl"), []byte(test.declaration), 0o644); err != nil {
				t.Fatal(err)
			}
			// Not the system's gh.
			for _, program := range []string{"bash", "curl", "cut", "awk", "tar", "gzip", "unzip", "mktemp", "sha256sum", "sh", "echo"} {
				found, err := exec.LookPath(program)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(found, filepath.Join(home, program)); err != nil {
					t.Fatal(err)
				}
			}
			if test.gh != none {
				if err := os.WriteFile(filepath.Join(home, "gh"), []byte(test.gh), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			inputs := map[string]string{"mirror": r.altered(t, test.files) + "/", "args": "--release=1.34"}
			for name, input := range action.Inputs {
				if _, set := inputs[name]; !set {
					inputs[name] = *input.Default
				}
			}
			maps.Copy(inputs, test.inputs)
			environment := []string{
				"PATH=" + home, "HOME=" + home, "GITHUB_ACTION_PATH=" + suite.programs.Root, "RUNNER_TEMP=" + home,
				"RUNNER_OS=Linux", "RUNNER_ARCH=" + map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH],
				"GITHUB_OUTPUT=" + filepath.Join(home, "output"), "GITHUB_PATH=" + filepath.Join(home, "path"), "GITHUB_STEP_SUMMARY=" + filepath.Join(home, "summary"),
			}
			for name, expression := range expressions {
				value := regexp.MustCompile(`^\$\{\{ (?:inputs\.([a-z0-9-]+)|github\.token) \}\}$`).FindStringSubmatch(expression)
				if value == nil {
					t.Fatalf("the test does not know %s", expression)
				}
				environment = append(environment, name+"="+inputs[value[1]])
			}
			cmd := exec.CommandContext(t.Context(), "/bin/bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"].(string))
			cmd.Dir, cmd.Env = work, slices.Concat(environment, test.env)
			output, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != test.exit || !strings.Contains(string(output), test.want) {
				t.Fatalf("exit %d, want %d and %q\n%s", code, test.exit, test.want, output)
			}
			written, _ := os.ReadFile(filepath.Join(home, "output"))
			_, sarif, _ := strings.Cut(strings.TrimSpace(string(written)), "sarif=")
			want := fmt.Sprintf("exit-code=%d\nsarif=%s\n", test.exit, sarif)
			switch {
			case name == "an error" || name == "a flag that is not there":
				want = "exit-code=1\n"
			case test.exit == 1:
				want = ""
			}
			if string(written) != want || test.exit != 1 && sarif == "" {
				t.Errorf("the outputs are %q, want %q", written, want)
			}
			if test.exit == 1 {
				return
			}
			var log struct {
				Runs []json.RawMessage `json:"runs"`
			}
			if err := json.Unmarshal(readFile(t, sarif), &log); err != nil || len(log.Runs) != 1 {
				t.Errorf("%s holds %d runs: %v", sarif, len(log.Runs), err)
			}
			if len(readFile(t, filepath.Join(home, "summary"))) == 0 {
				t.Error("the summary is empty")
			}
			added := strings.TrimSpace(string(readFile(t, filepath.Join(home, "path"))))
			if _, err := os.Stat(filepath.Join(added, "kreconcile")); err != nil {
				t.Error(err)
			}
			if name == "satisfied" {
				want := "gh attestation verify " + filepath.Join(added, archive) + " --repo kreconcile/kreconcile" +
					" --signer-workflow kreconcile/kreconcile/.github/workflows/release.yaml --source-ref refs/tags/" + r.version + "\n"
				if diff := cmp.Diff(want, string(readFile(t, filepath.Join(home, "gh.log")))); diff != "" {
					t.Errorf("the attestation is verified in another way (-want +got):\n%s", diff)
				}
			}
		})
	}
}
