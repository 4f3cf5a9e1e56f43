package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/view"
)

// run runs kreconcile in this process, at the root of the repository.
func run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Run(context.Background(), cli.Process{
		Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Connector: live.InCluster{},
	})
	return out.String(), errs.String(), code
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestReadmePath runs a new user's first commands on the README's declaration.
func TestReadmePath(t *testing.T) {
	page, snapshot := read(t, "../../README.md"), read(t, "../../testdata/snapshots/kubernetes.json")
	t.Chdir(t.TempDir())
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("cluster.json", snapshot)
	_, path, _ := strings.Cut(page, "## Use\n")
	steps := regexp.MustCompile("(?s)```(hcl|console)\n(.*?)```\n").FindAllStringSubmatch(path, 2)
	if len(steps) != 2 {
		t.Fatalf("there are %d steps", len(steps))
	}
	for _, step := range steps {
		if step[1] == "hcl" {
			write("web.hcl", step[2])
			continue
		}
		printed := ""
		for _, command := range regexp.MustCompile(`(?m)^\$ kreconcile (.*)$`).FindAllStringSubmatch(step[2], -1) {
			stdout, stderr, _ := run(t, strings.Fields(command[1])...)
			printed += command[0] + "\n" + stdout + stderr
		}
		if diff := cmp.Diff(step[2], printed); diff != "" {
			t.Errorf("(-README +program)\n%s", diff)
		}
	}
}

// TestExamples judges each example by a snapshot of a real server, or runs it if it is a
// test, and tests that docs/examples.md links to it.
func TestExamples(t *testing.T) {
	t.Chdir("../..")
	const stock = "testdata/snapshots/kubernetes.json"
	// deploy-job.hcl asks for more than discovery, which the snapshot does not have. The shop needs metrics.
	codes := map[string]int{"cluster-baseline.hcl": 0, "deploy-job.hcl": 3, "minimal.hcl": 0, "operator.hcl": 2, "shop": 2, "web-release.hcl": 0}
	examples, err := filepath.Glob("examples/*")
	// Of web-release.hcl there is a test. The folder ci is for pipelines.
	const others = 2
	if err != nil || len(examples) != len(codes)+others {
		t.Fatalf("there are %q (%v)", examples, err)
	}
	page := read(t, "docs/examples.md")
	for _, example := range examples {
		if !strings.Contains(page, "](../"+filepath.ToSlash(example)) {
			t.Errorf("docs/examples.md does not link %s", example)
		}
		if strings.HasSuffix(example, ".test.hcl") || filepath.Base(example) == "shop" {
			if stdout, stderr, code := run(t, "test", example); code != 0 || stderr != "" {
				t.Errorf("test %s exits with %d\n%s%s", example, code, stdout, stderr)
			}
		}
		if strings.HasSuffix(example, ".test.hcl") || filepath.Base(example) == "ci" {
			continue
		}
		stdout, stderr, code := run(t, "apply", "--snapshot", stock, example)
		if want, ok := codes[filepath.Base(example)]; !ok || code != want {
			t.Errorf("%s exits with %d\n%s%s", example, code, stdout, stderr)
		}
		if stdout, stderr, code := run(t, "validate", example); code != 0 || stderr != "" {
			t.Errorf("validate %s exits with %d\n%s%s", example, code, stdout, stderr)
		}
	}
}

// TestDocsLinks follows each link of the pages to its file and heading.
func TestDocsLinks(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds, and only reads pages")
	}
	t.Chdir("../..")
	pages := []string{"README.md", "SECURITY.md", "CONTRIBUTING.md", "charts/kreconcile/README.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	links := 0
	for _, page := range pages {
		for _, link := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(read(t, page), -1) {
			target, heading, _ := strings.Cut(link[1], "#")
			if strings.Contains(target, ":") {
				continue
			}
			links++
			file := page
			if target != "" {
				file = filepath.Join(filepath.Dir(page), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if heading != "" && filepath.Ext(file) == ".md" && !slices.Contains(headings(read(t, file)), heading) {
				t.Errorf("%s: %s has no heading %q", page, file, heading)
			}
		}
	}
	if links < 100 {
		t.Errorf("only %d links were found", links)
	}
}

// headings returns the anchors that GitHub makes of a page's headings.
func headings(page string) []string {
	var anchors []string
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		anchor := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		anchors = append(anchors, strings.ReplaceAll(anchor, " ", "-"))
	}
	return anchors
}

// TestRecipes validates and judges each declaration of docs/recipes.md.
func TestRecipes(t *testing.T) {
	page := read(t, "../../docs/recipes.md")
	snapshot, err := filepath.Abs("../../testdata/snapshots/kubernetes.json")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	recipes := regexp.MustCompile("(?s)```hcl\n(.*?)```\n").FindAllStringSubmatch(page, -1)
	codes := []int{0, 0, 0}
	if len(recipes) != len(codes) {
		t.Fatalf("there are %d recipes", len(recipes))
	}
	for i, recipe := range recipes {
		if err := os.WriteFile("recipe.hcl", []byte(recipe[1]), 0o644); err != nil {
			t.Fatal(err)
		}
		if stdout, stderr, code := run(t, "validate", "recipe.hcl"); code != 0 || stderr != "" {
			t.Errorf("validate exits with %d\n%s%s%s", code, recipe[1], stdout, stderr)
		}
		if stdout, stderr, code := run(t, "apply", "--snapshot", snapshot, "recipe.hcl"); code != codes[i] {
			t.Errorf("apply exits with %d, want %d\n%s%s%s", code, codes[i], recipe[1], stdout, stderr)
		}
		if stdout, stderr, code := run(t, "fmt", "--check", "recipe.hcl"); code != 0 {
			t.Errorf("it is not formatted\n%s%s%s", recipe[1], stdout, stderr)
		}
	}
}

// TestDocsNameEveryCode tests that docs/codes.md describes each code, and docs/json.md
// each status and severity.
func TestDocsNameEveryCode(t *testing.T) {
	codes, page := read(t, "../../docs/codes.md"), read(t, "../../docs/json.md")
	var names []string
	for _, code := range apply.Codes() {
		names = append(names, string(code))
	}
	for _, code := range discovery.FailureCodes() {
		names = append(names, string(code))
	}
	for _, name := range names {
		if !strings.Contains(codes, "\n### "+name+"\n") {
			t.Errorf("docs/codes.md does not describe %s", name)
		}
	}
	names = nil
	for _, status := range apply.Statuses() {
		names = append(names, string(status))
	}
	for _, severity := range config.Severities() {
		names = append(names, string(severity))
	}
	for _, name := range names {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("docs/json.md does not name %s", name)
		}
	}
}

// TestDocsNameEveryFlag tests that the docs describe exactly the flags of each
// command. The module of kubectl kreconcile tests the section about its own.
func TestDocsNameEveryFlag(t *testing.T) {
	page := read(t, "../../docs/commands.md")
	before, rest, found := strings.Cut(page, "\n## A kubeconfig\n")
	_, after, more := strings.Cut(rest, "\n## ")
	if !found || !more {
		t.Fatal("docs/commands.md has no section about a kubeconfig")
	}
	page = before + after
	flag := regexp.MustCompile(`--[a-z][a-z-]+`)
	known := map[string]bool{}
	for _, command := range cli.Commands() {
		help, _, _ := run(t, append(strings.Fields(command), "--help")...)
		_, flags, _ := strings.Cut(help, "\nFlags:\n")
		for line := range strings.Lines(flags) {
			name := flag.FindString(line)
			if name == "" {
				continue
			}
			known[name] = true
			if !strings.Contains(page, "`"+name) && !strings.Contains(page, ", `"+name) {
				t.Errorf("docs/commands.md does not name %s of %s", name, command)
			}
		}
	}
	for _, name := range flag.FindAllString(page, -1) {
		if !known[name] {
			t.Errorf("docs/commands.md names %s, which there is not", name)
		}
	}
	if len(known) < 15 {
		t.Errorf("only %d flags were found", len(known))
	}
}

// TestLinksOfTheDocs tests that each relative link leads to a file.
func TestLinksOfTheDocs(t *testing.T) {
	t.Chdir("../..")
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md", "CHANGELOG.md") {
		for _, m := range regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`).FindAllStringSubmatch(read(t, page), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			}
		}
	}
	if links < 10 {
		t.Errorf("only %d links were found", links)
	}
}

// TestFormatTranscripts runs the commands of docs/formats.md on its declaration and a
// snapshot, and compares the output that it shows.
func TestFormatTranscripts(t *testing.T) {
	page := read(t, "../../docs/formats.md")
	snapshot := read(t, "../../testdata/snapshots/kubernetes-crds.json")
	for _, format := range view.ReportFormats() {
		// Text and JSON, which validate also writes, have pages of their own.
		if format.Validation == nil && !strings.Contains(page, "\n## "+format.Name+"\n") {
			t.Errorf("docs/formats.md has no section on %s", format.Name)
		}
	}
	_, rest, _ := strings.Cut(page, "```hcl\n")
	declaration, _, _ := strings.Cut(rest, "```\n")
	t.Chdir(t.TempDir())
	for name, content := range map[string]string{"cluster.json": snapshot, "web.hcl": declaration} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	transcripts := regexp.MustCompile("(?s)```console\n\\$ kreconcile (apply [^\n|]*?)(?: \\| (grep -v '\\^#.. 0\\$'))?\n(.*?)```\n").FindAllStringSubmatch(page, -1)
	if len(transcripts) != 4 {
		t.Fatalf("docs/formats.md has %d transcripts", len(transcripts))
	}
	for _, transcript := range transcripts {
		stdout, stderr, code := run(t, strings.Fields(transcript[1])...)
		if code != 2 || stderr != "" {
			t.Errorf("%s exits with %d\n%s", transcript[1], code, stderr)
		}
		if transcript[2] != "" {
			stdout = regexp.MustCompile("(?m)^(#.*|.* 0)\n").ReplaceAllString(stdout, "")
		}
		if diff := cmp.Diff(transcript[3], stdout); diff != "" {
			t.Errorf("%s (-docs +program)\n%s", transcript[1], diff)
		}
	}
}
