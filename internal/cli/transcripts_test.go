package cli_test

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
)

// TestReadmeTranscripts runs the commands of README.md and docs/releases.md that name examples,
// and explain, and compares the output that they show.
func TestReadmeTranscripts(t *testing.T) {
	t.Chdir("../..")
	codes := []int{0, 2, 0}
	transcripts := regexp.MustCompile("(?s)```console\n\\$ (?:go run ./cmd/)?kreconcile ((?:(?:apply --snapshot testdata|plan --release|range)[^\n]*examples/|explain )[^\n]*)\n(.*?)(?:\\$ .*?)?```").
		FindAllStringSubmatch(read(t, "README.md")+read(t, "docs/releases.md"), -1)
	if len(transcripts) != len(codes) {
		t.Fatalf("there are %d transcripts", len(transcripts))
	}
	for i, transcript := range transcripts {
		stdout, stderr, code := run(t, strings.Fields(transcript[1])...)
		if diff := cmp.Diff(transcript[2], stdout); diff != "" || stderr != "" {
			t.Errorf("%s (-README +program)\n%s%s", transcript[1], diff, stderr)
		}
		if code != codes[i] {
			t.Errorf("%s exits with %d", transcript[1], code)
		}
	}
}

// TestComparingTranscripts runs the commands of docs/comparing.md, and compares the output that it
// shows.
func TestComparingTranscripts(t *testing.T) {
	transcripts := regexp.MustCompile("(?s)```console\n\\$ kreconcile ([^\n]*)\n(.*?)```").FindAllStringSubmatch(read(t, "../../docs/comparing.md"), -1)
	if len(transcripts) == 0 {
		t.Fatal("there is no transcript")
	}
	for _, transcript := range transcripts {
		stdout, stderr, code := run(t, strings.Fields(transcript[1])...)
		if diff := cmp.Diff(transcript[2], stdout); diff != "" || stderr != "" || code != 0 {
			t.Errorf("%s exits with %d (-page +program)\n%s%s", transcript[1], code, diff, stderr)
		}
	}
}

// TestHostedCITranscripts runs the commands of docs/hosted-ci.md on its declaration.
func TestHostedCITranscripts(t *testing.T) {
	page := read(t, "../../docs/hosted-ci.md")
	declaration := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindStringSubmatch(page)
	transcript := regexp.MustCompile("(?s)```console\n\\$ kreconcile ([^\n]*)\n(.*?)\\$ echo \\$\\?\n(\\d)\n```").FindStringSubmatch(page)
	if declaration == nil || transcript == nil {
		t.Fatal("there is no declaration or no transcript")
	}
	t.Chdir(t.TempDir())
	if err := os.Mkdir("requirements", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("requirements/web.hcl", []byte(declaration[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := run(t, strings.Fields(transcript[1])...)
	if diff := cmp.Diff(transcript[2], stdout+stderr); diff != "" || transcript[3] != strconv.Itoa(code) {
		t.Errorf("it exits with %d (-page +program)\n%s", code, diff)
	}
	for _, name := range []string{"kreconcile.xml", "kreconcile.sarif"} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
}

// TestHostedCIInputs tests that the action and the component have what docs/hosted-ci.md sets.
func TestHostedCIInputs(t *testing.T) {
	page := read(t, "../../docs/hosted-ci.md")
	for key, file := range map[string]string{"with": "action.yml", "inputs": "templates/kreconcile.yml"} {
		block := regexp.MustCompile("(?m)^( *)" + key + ":\n((?: +[a-z0-9-]+: .*\n)+)").FindStringSubmatch(page)
		if block == nil {
			t.Errorf("the page sets nothing for %s", file)
			continue
		}
		content := read(t, "../../"+file)
		_, inputs, _ := strings.Cut(content, "inputs:\n")
		for line := range strings.Lines(block[2]) {
			name, _, _ := strings.Cut(strings.TrimSpace(line), ":")
			if !regexp.MustCompile(`(?m)^ +` + name + `:$`).MatchString(inputs) {
				t.Errorf("%s has no input %s", file, name)
			}
		}
	}
	action := read(t, "../../action.yml")
	for _, name := range []string{"upload-sarif", "exit-code"} {
		if !strings.Contains(page, "`"+name) || !strings.Contains(action, "\n  "+name+":\n") {
			t.Errorf("%s is not both in action.yml and on the page", name)
		}
	}
}

// TestReleasesTranscripts runs the commands of docs/releases.md that read standard input.
func TestReleasesTranscripts(t *testing.T) {
	transcripts := regexp.MustCompile("(?s)```console\n\\$ echo '([^']*)' \\| kreconcile ([^\n]*)\n(.*?)```").
		FindAllStringSubmatch(read(t, "../../docs/releases.md"), -1)
	if len(transcripts) != 1 {
		t.Fatalf("there are %d transcripts", len(transcripts))
	}
	for _, transcript := range transcripts {
		var out bytes.Buffer
		code := cli.Run(context.Background(), cli.Process{
			Args: strings.Fields(transcript[2]), Stdin: strings.NewReader(transcript[1] + "\n"), Stdout: &out, Stderr: &out, Connector: live.InCluster{},
		})
		if diff := cmp.Diff(transcript[3], out.String()); diff != "" || code != 2 {
			t.Errorf("%s exits with %d (-page +program)\n%s", transcript[2], code, diff)
		}
	}
}

// TestTestingPage runs the commands of docs/testing.md on its declaration and its test.
func TestTestingPage(t *testing.T) {
	page := read(t, "../../docs/testing.md")
	t.Chdir(t.TempDir())
	blocks := regexp.MustCompile("(?s)```(hcl|console)\n(.*?)```\n").FindAllStringSubmatch(page, -1)
	if len(blocks) != 4 {
		t.Fatalf("there are %d blocks", len(blocks))
	}
	for i, name := range []string{"web.hcl", "web.test.hcl"} {
		if err := os.WriteFile(name, []byte(blocks[i][2]), 0o644); err != nil {
			t.Fatal(err)
		}
		if stdout, stderr, code := run(t, "fmt", "--check", name); code != 0 {
			t.Errorf("it is not formatted\n%s%s%s", blocks[i][2], stdout, stderr)
		}
	}
	stdout, stderr, code := run(t, "test")
	if diff := cmp.Diff(blocks[2][2], "$ kreconcile test\n"+stdout+stderr); diff != "" || code != 2 {
		t.Errorf("it exits with %d (-page +program)\n%s", code, diff)
	}
	// The last block is what the failed run lacks.
	test := strings.Replace(blocks[1][2], "  variables = { gateway = true }\n", "  variables = { gateway = true }\n\n"+blocks[3][2]+"\n", 1)
	if err := os.WriteFile("web.test.hcl", []byte(test), 0o644); err != nil {
		t.Fatal(err)
	}
	if stdout, stderr, code := run(t, "test"); code != 2 || !strings.Contains(stdout, "found drifted") {
		t.Errorf("with the override, it exits with %d\n%s%s", code, stdout, stderr)
	}
}

// TestGenerateTranscript runs the command of docs/generate.md on its manifests.
func TestGenerateTranscript(t *testing.T) {
	page := read(t, "../../docs/generate.md")
	manifests := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindStringSubmatch(page)
	transcript := regexp.MustCompile("(?s)```console\n\\$ kreconcile ([^\n]*)\n(.*?)```").FindStringSubmatch(page)
	if manifests == nil || transcript == nil {
		t.Fatal("there are no manifests or no transcript")
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("web.yaml", []byte(manifests[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := run(t, strings.Fields(transcript[1])...)
	if diff := cmp.Diff(transcript[2], stdout+stderr); diff != "" || code != 0 {
		t.Errorf("it exits with %d (-page +program)\n%s", code, diff)
	}
}
