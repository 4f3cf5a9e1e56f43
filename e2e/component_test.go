package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// componentInput has the keywords of an input that the component uses. Any other is an
// error.
//
// Source: https://docs.gitlab.com/ci/yaml/#specinputs
type componentInput struct {
	Description string   `json:"description"`
	Default     *string  `json:"default"`
	Regex       string   `json:"regex"`
	Options     []string `json:"options"`
}

// gitlabComponent is a file in templates/, in its two documents.
type gitlabComponent struct {
	inputs map[string]componentInput
	jobs   string
}

// reference is an input in the second document.
var reference = regexp.MustCompile(`\$\[\[\s*inputs\.([a-z0-9-]+)\s*\]\]`)

func readComponent(t *testing.T) gitlabComponent {
	t.Helper()
	head, jobs, two := strings.Cut(string(readFile(t, filepath.Join(suite.programs.Root, "templates", "kreconcile.yml"))), "\n---\n")
	var header struct {
		Spec struct {
			Inputs map[string]componentInput `json:"inputs"`
		} `json:"spec"`
	}
	if err := yaml.UnmarshalStrict([]byte(head), &header); err != nil || !two {
		t.Fatalf("two documents: %t, %v", two, err)
	}
	return gitlabComponent{header.Spec.Inputs, jobs}
}

// include returns the component's job as GitLab makes it for some inputs: it replaces them
// in the text, and then reads the text.
func (c gitlabComponent) include(given map[string]string) (map[string]gitlabJob, error) {
	values := map[string]string{}
	for name, input := range c.inputs {
		if input.Default != nil {
			values[name] = *input.Default
		}
	}
	maps.Copy(values, given)
	for name, value := range values {
		input, known := c.inputs[name]
		if !known {
			return nil, fmt.Errorf("there is no input %s", name)
		}
		if input.Regex != "" && !regexp.MustCompile(input.Regex).MatchString(value) {
			return nil, fmt.Errorf("%s is %q, which does not match %s", name, value, input.Regex)
		}
		if input.Options != nil && !slices.Contains(input.Options, value) {
			return nil, fmt.Errorf("%s is %q, which is none of %s", name, value, input.Options)
		}
	}
	var unknown []string
	text := reference.ReplaceAllStringFunc(c.jobs, func(found string) string {
		name := reference.FindStringSubmatch(found)[1]
		value, known := values[name]
		if !known {
			unknown = append(unknown, name)
		}
		return value
	})
	if unknown != nil {
		return nil, fmt.Errorf("there are no inputs %v", unknown)
	}
	var jobs map[string]gitlabJob
	err := yaml.UnmarshalStrict([]byte(text), &jobs)
	return jobs, err
}

// TestGitLabComponent runs the component's job with each way in which its installation can
// end. It passes only if kreconcile ran and was satisfied.
func TestGitLabComponent(t *testing.T) {
	t.Parallel()
	r, c := released(t), readComponent(t)
	for name, input := range c.inputs {
		if input.Description == "" || input.Default == nil {
			t.Errorf("the input %s has no description or no default", name)
		}
		if !strings.Contains(c.jobs, "$[[ inputs."+name+" ]]") {
			t.Errorf("the job does not use the input %s", name)
		}
	}
	for name, wrong := range map[string]string{"version": "latest", "sha256": "none", "command": "version", "other": "x"} {
		if _, err := c.include(map[string]string{name: wrong}); err == nil {
			t.Errorf("the component takes the %s %q", name, wrong)
		}
	}
	jobs, err := c.include(map[string]string{"job-name": "gate", "stage": "build", "image": "debian:stable-slim"})
	if job := jobs["gate"]; err != nil || len(jobs) != 1 || job.Stage != "build" || job.Image != "debian:stable-slim" || job.Artifacts.When != "always" {
		t.Errorf("the jobs are %+v, %v", jobs, err)
	}
	for name, test := range installations(t, r) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			work := t.TempDir()
			if err := os.WriteFile(filepath.Join(work, "web.hcl"), []byte(test.declaration), 0o644); err != nil {
				t.Fatal(err)
			}
			given := map[string]string{"mirror": r.altered(t, test.files), "args": "--release=1.34", "paths": "web.hcl"}
			maps.Copy(given, test.inputs)
			jobs, err := c.include(given)
			if err != nil {
				t.Fatal(err)
			}
			job := jobs["kreconcile"]
			cmd := exec.CommandContext(t.Context(), "/bin/sh", "-e", "-c", strings.Join(job.Script, "\n"))
			cmd.Dir, cmd.Env = work, []string{"PATH=/usr/bin:/bin", "HOME=" + work, "TMPDIR=" + t.TempDir()}
			for name, value := range job.Variables {
				cmd.Env = append(cmd.Env, name+"="+value)
			}
			output, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != test.exit || !strings.Contains(string(output), test.want) {
				t.Fatalf("exit %d, want %d and %q\n%s", code, test.exit, test.want, output)
			}
			if test.exit == 1 {
				return
			}
			for _, report := range []string{job.Artifacts.Reports.JUnit, job.Artifacts.Reports.CodeQuality} {
				if len(readFile(t, filepath.Join(work, report))) == 0 {
					t.Errorf("%s is empty", report)
				}
			}
		})
	}
}

// TestInstallationsOnPage tests that the examples of docs/hosted-ci.md have inputs that the
// action and the component have, and their version.
func TestInstallationsOnPage(t *testing.T) {
	t.Parallel()
	page, action, c := docsPage(t, "hosted-ci.md"), readAction(t), readComponent(t)
	found := 0
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page, -1) {
		var example struct {
			Jobs map[string]struct {
				Steps []struct {
					Uses string            `json:"uses"`
					With map[string]string `json:"with"`
				} `json:"steps"`
			} `json:"jobs"`
			Include []struct {
				Component string            `json:"component"`
				Inputs    map[string]string `json:"inputs"`
			} `json:"include"`
		}
		if err := yaml.Unmarshal([]byte(block[1]), &example); err != nil {
			continue
		}
		for _, step := range example.Jobs["requirements"].Steps {
			version, is := strings.CutPrefix(step.Uses, "kreconcile/kreconcile@")
			if !is {
				continue
			}
			found++
			if version != *action.Inputs["version"].Default {
				t.Errorf("the page has version %s of the action", version)
			}
			for name := range step.With {
				if _, known := action.Inputs[name]; !known {
					t.Errorf("the action has no input %s", name)
				}
			}
		}
		for _, include := range example.Include {
			found++
			if _, err := c.include(include.Inputs); err != nil || !strings.HasSuffix(include.Component, "/kreconcile@"+*c.inputs["version"].Default) {
				t.Errorf("the page includes %s: %v", include.Component, err)
			}
		}
	}
	if found != 2 || !strings.Contains(page, "\nversion="+*action.Inputs["version"].Default+" ") {
		t.Errorf("the page has %d examples, or installs another version with curl", found)
	}
}
