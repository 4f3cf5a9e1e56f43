package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// chartExamples copies examples/ and the chart into a folder, and returns that of the examples.
func chartExamples(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, of := range []string{"examples", filepath.Join("charts", "kreconcile")} {
		if err := os.CopyFS(filepath.Join(dir, of), os.DirFS(filepath.Join(suite.programs.Root, of))); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "examples")
}

// TestChartGatePage follows docs/chart-gate.md from top to bottom, with Helm and a real API server. It begins
// with the chart of examples/shop as it was before, and ends with the one that is there. With -update, it
// writes the output of the commands into the page.
func TestChartGatePage(t *testing.T) {
	t.Parallel()
	const namespace = "shop"
	c := unsettled(t, setup{})
	jobs := startJobController(t, c, namespace)
	if err := buildHelm(); err != nil {
		t.Fatal(err)
	}
	shell := &pageShell{dir: chartExamples(t)}
	shell.prepare(t, c.Kubeconfig, namespace)
	page := docsPage(t, "chart-gate.md")
	blocks := pageBlock.FindAllStringSubmatch(page, -1)
	for _, block := range slices.Backward(blocks) {
		if block[1] == "diff" {
			shell.patch(t, block[2], "--reverse")
		}
	}
	shop := filepath.Join(shell.dir, "shop")
	for _, made := range []string{"requirements.hcl", "requirements.test.hcl", "templates/gate.yaml"} {
		if err := os.Remove(filepath.Join(shop, made)); err != nil {
			t.Fatal(err)
		}
	}
	played, commands := shell.follow(t, page)
	// Skips the test if Pods cannot be run.
	jobs.take(t)
	if commands < 8 {
		t.Errorf("only %d commands were run", commands)
	}
	for _, made := range []string{"Chart.lock", "charts"} {
		if err := os.RemoveAll(filepath.Join(shop, made)); err != nil {
			t.Fatal(err)
		}
	}
	diff := exec.CommandContext(t.Context(), "git", "diff", "--no-index", filepath.Join(suite.programs.Root, "examples", "shop"), shop)
	if out, err := diff.CombinedOutput(); err != nil {
		t.Errorf("the page makes another chart than examples/shop: %v\n%s", err, out)
	}
	if *update {
		if err := os.WriteFile(filepath.Join(suite.programs.Root, "docs", "chart-gate.md"), []byte(played), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(page, "\n"), strings.Split(played, "\n")); diff != "" {
		t.Errorf("docs/chart-gate.md differs from what happens (-page +played); see it, and run with -update:\n%s", diff)
	}
}

// TestChartPipelines runs the commands of the pipelines in examples/ci, as their runners do, on the chart of
// examples/shop, and on charts with one error each.
func TestChartPipelines(t *testing.T) {
	t.Parallel()
	if err := buildHelm(); err != nil {
		t.Fatal(err)
	}
	pipelines := map[string]string{"GitHub": githubSteps(t), "GitLab": gitlabScript(t)}
	_, rest, _ := strings.Cut(docsPage(t, "chart-gate.md"), "```sh\n")
	shown, _, _ := strings.Cut(rest, "```")
	for name, test := range map[string]struct {
		file, right, wrong string
		exit               int
		says               []string
	}{
		"right":                         {exit: 0, says: []string{"Success! The declaration is valid", "Success! The declaration holds on each release", "Success! 3 passed", "Success! The declaration holds on each release"}},
		"the form":                      {"requirements.hcl", "  type    = bool", "  type = bool", 3, []string{"shop/requirements.hcl"}},
		"the declaration":               {"requirements.hcl", `api "apps/v1"`, `api "apps/v1/x"`, 1, []string{"Error: "}},
		"the kubeVersion":               {"Chart.yaml", ">=1.27.0-0", ">=1.26.0-0", 2, []string{"Drift. The chart allows 1.26, where the declaration does not hold"}},
		"the test":                      {"requirements.test.hcl", `"1.26"`, `"1.27"`, 2, []string{"Failure! 2 passed, 1 failed."}},
		"a template with a new field":   {"templates/service.yaml", "spec:", "spec:\n  trafficDistribution: PreferClose", 2, []string{"Drift. The chart allows 1.27 to 1.29", `field["spec.trafficDistribution"]`}},
		"a template with a removed API": {"templates/pdb.yaml", "policy/v1", "policy/v1beta1", 2, []string{"Deprecated API", "Drift. The chart allows"}},
		"a template that does not work": {"templates/pdb.yaml", "minAvailable: 1", "minAvailable: {{ least }}", 1, []string{`function "least" not defined`}},
	} {
		for system, script := range pipelines {
			t.Run(name+" with "+system, func(t *testing.T) {
				t.Parallel()
				dir, home := chartExamples(t), t.TempDir()
				if test.file != "" {
					path := filepath.Join(dir, "shop", filepath.FromSlash(test.file))
					content, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, []byte(change(t, string(content), test.right, test.wrong)), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				for name, program := range map[string]string{"helm": suite.programs.Helm4, "kreconcile": suite.programs.Kreconcile} {
					if err := os.Symlink(program, filepath.Join(home, name)); err != nil {
						t.Fatal(err)
					}
				}
				cmd := exec.CommandContext(t.Context(), "/bin/bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script)
				cmd.Dir, cmd.Env = dir, []string{"HOME=" + home, "PATH=" + home + ":/usr/bin:/bin"}
				out, err := cmd.CombinedOutput()
				if cmd.ProcessState == nil {
					t.Fatal(err)
				}
				if code := cmd.ProcessState.ExitCode(); code != test.exit {
					t.Errorf("exit %d, want %d\n%s", code, test.exit, out)
				}
				expectInOrder(t, string(out), test.says...)
				if _, err := os.Stat(filepath.Join(dir, "tests.xml")); err != nil && test.exit == 0 {
					t.Error(err)
				}
			})
		}
	}
	if diff := cmp.Diff(pipelines["GitHub"], pipelines["GitLab"]); diff != "" {
		t.Errorf("the pipelines run other commands (-GitHub +GitLab):\n%s", diff)
	}
	for _, command := range []string{
		"kreconcile fmt --check shop", "kreconcile validate shop",
		"kreconcile range --check shop shop", //nolint:dupword // The chart is the folder of the declaration.
		strings.TrimSpace(shown),
	} {
		if !strings.Contains(pipelines["GitHub"]+"\n", command+"\n") {
			t.Errorf("the page shows %q, and the pipelines do not run it", command)
		}
	}
}

// chartPipeline returns a file of examples/ci.
func chartPipeline(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(suite.programs.Root, "examples", "ci", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// githubSteps returns the commands of the workflow, without the one that installs kreconcile.
func githubSteps(t *testing.T) string {
	t.Helper()
	content := chartPipeline(t, "github-actions.yaml")
	for _, mistake := range lintWorkflow(t, content) {
		t.Error(mistake)
	}
	var workflow struct {
		Jobs map[string]struct {
			Defaults struct {
				Run struct {
					Shell string `json:"shell"`
				} `json:"run"`
			} `json:"defaults"`
			Steps []struct {
				Run string `json:"run"`
			} `json:"steps"`
		} `json:"jobs"`
	}
	if err := yaml.Unmarshal([]byte(content), &workflow); err != nil {
		t.Fatal(err)
	}
	job := workflow.Jobs["requirements"]
	if job.Defaults.Run.Shell != "bash" {
		t.Errorf("the shell is %q, and without pipefail unless it is bash", job.Defaults.Run.Shell)
	}
	var commands []string
	for _, step := range job.Steps {
		if step.Run != "" {
			commands = append(commands, strings.TrimSpace(step.Run))
		}
	}
	if install := installCommand(t); commands[0] != install {
		t.Errorf("the first command is %q, want %q", commands[0], install)
	}
	return strings.Join(commands[1:], "\n")
}

// gitlabScript returns the script of GitLab's job.
func gitlabScript(t *testing.T) string {
	t.Helper()
	var jobs map[string]gitlabJob
	if err := yaml.UnmarshalStrict([]byte(chartPipeline(t, "gitlab-ci.yml")), &jobs); err != nil {
		t.Fatal(err)
	}
	job := jobs["requirements"]
	want := []string{installCommand(t), "go install helm.sh/helm/v4/cmd/helm@latest"}
	if !slices.Equal(job.BeforeScript, want) || job.Stage != "test" || job.Artifacts.When != "always" || job.Artifacts.Reports.JUnit != "tests.xml" {
		t.Errorf("the job is %+v", job)
	}
	return strings.Join(job.Script, "\n")
}
