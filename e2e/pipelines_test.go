package e2e

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/node"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// The files of deploy/ for systems other than Kubernetes.
const (
	workflowFile = "github-actions.yaml"
	gitlabFile   = "gitlab-ci.yml"
)

// TestGitHubActions tests that GitHub would read the workflow, and runs its step as a
// runner in the cluster does.
func TestGitHubActions(t *testing.T) {
	t.Parallel()
	content := deployFile(t, workflowFile)
	for _, mistake := range lintWorkflow(t, content) {
		t.Error(mistake)
	}
	wrong := strings.Replace(content, "runs-on:", "run-on:", 1)
	if mistakes := lintWorkflow(t, wrong); len(mistakes) == 0 {
		t.Error("the linter finds nothing wrong with run-on, so that this test holds nothing")
	}
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Run string `json:"run"`
			} `json:"steps"`
		} `json:"jobs"`
	}
	if err := yaml.Unmarshal([]byte(content), &workflow); err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, step := range workflow.Jobs["requirements"].Steps {
		if step.Run != "" {
			commands = append(commands, step.Run)
		}
	}
	command := afterInstall(t, commands)
	expectOnPage(t, commands[1])
	const summary = "/repository/summary.md"
	for name, test := range checkouts() {
		t.Run(name, func(t *testing.T) {
			r := runCheckout(t, command, test.declaration, "GITHUB_STEP_SUMMARY="+summary)
			if r.ExitCode != test.exit {
				t.Fatalf("exit %d, want %d\n%s%s", r.ExitCode, test.exit, r.Stdout, r.Stderr)
			}
			expectInOrder(t, r.Stdout, test.annotation)
			expectInOrder(t, r.Files[summary], test.verdict)
			if len(r.Files) != 1 {
				t.Errorf("the step left %q", slices.Sorted(maps.Keys(r.Files)))
			}
		})
	}
}

// TestWorkflows tests that GitHub would read the workflows of this project, and that nobody
// can change the actions that they and action.yml use.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../.github/workflows/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, mistake := range lintWorkflow(t, string(content)) {
			t.Errorf("%s: %v", file, mistake)
		}
	}
	pinned, used := regexp.MustCompile(`^(\./.*|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$`), 0
	for _, file := range append(files, "../action.yml") {
		for _, action := range regexp.MustCompile(`(?m)^\s*(?:- )?uses: (.*)$`).FindAllStringSubmatch(string(readFile(t, file)), -1) {
			used++
			if !pinned.MatchString(action[1]) {
				t.Errorf("%s uses %s, want its commit, and its version as a comment", file, action[1])
			}
		}
	}
	if used < 5 {
		t.Errorf("only %d actions were found", used)
	}
}

func lintWorkflow(t *testing.T, content string) []*actionlint.Error {
	t.Helper()
	// Only the user has a runner with that name.
	configuration := filepath.Join(t.TempDir(), "actionlint.yaml")
	if err := os.WriteFile(configuration, []byte("self-hosted-runner: {labels: [in-cluster]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{ConfigFile: configuration})
	if err != nil {
		t.Fatal(err)
	}
	mistakes, err := linter.Lint(workflowFile, []byte(content), nil)
	if err != nil {
		t.Fatal(err)
	}
	return mistakes
}

// gitlabJob has the keywords of a job that the file uses. Any other is an error.
//
// Source: https://docs.gitlab.com/ci/yaml/
type gitlabJob struct {
	Stage        string            `json:"stage"`
	Tags         []string          `json:"tags"`
	Image        string            `json:"image"`
	Timeout      string            `json:"timeout"`
	Variables    map[string]string `json:"variables"`
	BeforeScript []string          `json:"before_script"`
	Script       []string          `json:"script"`
	Artifacts    struct {
		When    string `json:"when"`
		Reports struct {
			JUnit       string `json:"junit"`
			CodeQuality string `json:"codequality"`
		} `json:"reports"`
	} `json:"artifacts"`
}

// TestGitLabCI runs the job's script as the Kubernetes executor does, and reads the
// reports that GitLab would collect.
func TestGitLabCI(t *testing.T) {
	t.Parallel()
	var jobs map[string]gitlabJob
	if err := yaml.UnmarshalStrict([]byte(deployFile(t, gitlabFile)), &jobs); err != nil {
		t.Fatal(err)
	}
	// The default stages, in order.
	stages := []string{"build", "test", "deploy"}
	job := jobs["requirements"]
	if at, next := slices.Index(stages, job.Stage), slices.Index(stages, jobs["deploy"].Stage); at < 0 || at >= next {
		t.Errorf("the stage %q does not come before %q", job.Stage, jobs["deploy"].Stage)
	}
	if job.Artifacts.When != "always" {
		t.Errorf("artifacts of a failed job are kept %q", job.Artifacts.When)
	}
	command := afterInstall(t, slices.Concat(job.BeforeScript, job.Script))
	expectOnPage(t, job.Script[0])
	reports := job.Artifacts.Reports
	for name, test := range checkouts() {
		t.Run(name, func(t *testing.T) {
			r := runCheckout(t, command, test.declaration)
			if r.ExitCode != test.exit {
				t.Fatalf("exit %d, want %d\n%s%s", r.ExitCode, test.exit, r.Stdout, r.Stderr)
			}
			if diff := slices.Sorted(maps.Keys(r.Files)); !slices.Equal(diff, slices.Sorted(slices.Values([]string{
				"/repository/" + reports.JUnit, "/repository/" + reports.CodeQuality,
			}))) {
				t.Fatalf("the job left %q, but its reports are %+v", diff, reports)
			}
			var suites struct {
				XMLName xml.Name `xml:"testsuites"`
			}
			if err := xml.Unmarshal([]byte(r.Files["/repository/"+reports.JUnit]), &suites); err != nil {
				t.Error(err)
			}
			var issues []struct {
				Fingerprint string `json:"fingerprint"`
			}
			if err := json.Unmarshal([]byte(r.Files["/repository/"+reports.CodeQuality]), &issues); err != nil {
				t.Error(err)
			}
			if len(issues) == 0 != (test.exit == 0) {
				t.Errorf("exit %d, and %d issues", test.exit, len(issues))
			}
		})
	}
}

// expectOnPage checks that docs/pipelines.md shows exactly this command.
func expectOnPage(t *testing.T, command string) {
	t.Helper()
	if !strings.Contains(docsPage(t, "pipelines.md"), "\n"+command+"\n") {
		t.Errorf("docs/pipelines.md does not show %q", command)
	}
}

// checkout is a repository's declaration, and how the job ends with it.
type checkout struct {
	declaration         string
	exit                int
	verdict, annotation string
}

func checkouts() map[string]checkout {
	return map[string]checkout{
		"in sync":      {corePods, 0, "No drift.", "::notice"},
		"drifted":      {corePods + "\napi \"policy/v1beta1\" {}\n", 2, "Drift.", "::error "},
		"undetermined": {corePods + "\napi \"metrics.example.com/v1beta1\" {}\n", 3, "Undetermined.", "::error "},
		"mistaken":     {`api "v1" { served = yes }`, 1, "Error", "::error "},
	}
}

// installCommand returns the command that installs kreconcile.
func installCommand(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "./cmd/kreconcile")
	cmd.Dir = suite.programs.Root
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+cmd.Dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return "go install " + strings.TrimSpace(string(out)) + "@latest"
}

// afterInstall returns the commands without the one that installs kreconcile, which
// must be its package.
func afterInstall(t *testing.T, commands []string) string {
	t.Helper()
	install := installCommand(t)
	if len(commands) != 2 || commands[0] != install {
		t.Fatalf("the commands are %q, want %q and one that runs it", commands, install)
	}
	if found := shortWait.FindAllString(commands[1], -1); len(found) != 1 {
		t.Fatalf("%q has not one --wait", commands[1])
	}
	return shortWait.ReplaceAllString(commands[1], "--wait=6s")
}

// shortWait is replaced, so that a test does not wait in vain.
var shortWait = regexp.MustCompile(`--wait=\S+`)

// runCheckout runs a shell command in a Pod, in a checked out repository with a
// folder requirements. Only the output of the command is kept.
func runCheckout(t *testing.T, command, declaration string, env ...string) *node.Terminated {
	t.Helper()
	c := deployed(t)
	a := newAccount(t, c)
	work := t.TempDir()
	if err := os.Mkdir(filepath.Join(work, "requirements"), 0o755); err != nil {
		t.Fatal(err)
	}
	const declared = "requirements/web.hcl"
	if err := os.WriteFile(filepath.Join(work, declared), []byte(declaration), 0o644); err != nil {
		t.Fatal(err)
	}
	// The runner may have any user.
	if err := os.Chmod(work, 0o777); err != nil {
		t.Fatal(err)
	}
	environment := slices.Concat(pod.Env(), env)
	environment[0] = "PATH=/opt/bin:/usr/bin:/bin"
	r := inPod(t, c, a, pod.Sandbox{
		HostTools: true, Env: environment,
		Mounts:   map[string]string{"/opt/bin/kreconcile": suite.programs.Kreconcile},
		Writable: map[string]string{"/repository": work},
		// GitHub's and GitLab's runners run a job's script like this.
		Args: []string{"/bin/bash", "-e", "-o", "pipefail", "-c", "cd /repository\n" + command},
	})
	result := &node.Terminated{Result: *r, Files: map[string]string{}}
	entries, err := os.ReadDir(work)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(work, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		result.Files["/repository/"+entry.Name()] = string(content)
	}
	a.expectNoToken(t, r.Stdout, r.Stderr, fmt.Sprint(result.Files))
	return result
}
