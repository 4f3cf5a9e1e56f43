package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kreconcile/kreconcile/e2e/programs"
	"github.com/kreconcile/kreconcile/e2e/published"
)

// schemas are the schemas of the report formats.
type schemas struct {
	junit string
	sarif *jsonschema.Schema
}

func loadSchemas(t *testing.T) schemas {
	t.Helper()
	if err := programs.Require("xmllint", "cmark-gfm"); err != nil {
		t.Fatal(err)
	}
	junit, err := published.JUnit().Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path, err := published.SARIF().Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	sarif, err := compiler.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return schemas{junit, sarif}
}

// checkJUnit returns xmllint's complaint about a document that its schema refuses.
func (s schemas) checkJUnit(t *testing.T, file string) error {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", s.junit, file).CombinedOutput()
	if err != nil {
		return errors.New(string(out))
	}
	return nil
}

func (s schemas) checkSARIF(document []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return s.sarif.Validate(value)
}

// checkGitLab checks a document by the table in GitLab's documentation.
//
// Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
func checkGitLab(document []byte) error {
	var issues []struct {
		Description *string `json:"description"`
		Check       *string `json:"check_name"`
		Fingerprint *string `json:"fingerprint"`
		Severity    string  `json:"severity"`
		Location    struct {
			Path  string `json:"path"`
			Lines struct {
				Begin int `json:"begin"`
			} `json:"lines"`
		} `json:"location"`
	}
	if err := json.Unmarshal(document, &issues); err != nil {
		return err
	}
	if issues == nil {
		return errors.New("it is no list")
	}
	seen := map[string]bool{}
	for _, issue := range issues {
		switch {
		case issue.Description == nil || issue.Check == nil || issue.Fingerprint == nil || *issue.Fingerprint == "":
			return errors.New("an issue lacks a field")
		case seen[*issue.Fingerprint]:
			return errors.New("two issues have the fingerprint " + *issue.Fingerprint)
		case !slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, issue.Severity):
			return errors.New("the severity is " + issue.Severity)
		case issue.Location.Path == "" || strings.HasPrefix(issue.Location.Path, "./") || issue.Location.Lines.Begin < 1:
			return errors.New("an issue has no place")
		}
		seen[*issue.Fingerprint] = true
	}
	return nil
}

// checkMarkdown renders a document as GitHub does, but without removing HTML. It
// complains about any element that kreconcile does not write, about outside text that
// is not in a code span, and about a row that lacks cells.
func checkMarkdown(t *testing.T, file string) error {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", file).Output()
	if err != nil {
		return err
	}
	page := string(out)
	if !strings.HasPrefix(page, "<h3>kreconcile</h3>\n<p><strong>") {
		return errors.New("it does not begin with the verdict:\n" + page)
	}
	outside := regexp.MustCompile(`(?s)<code>[^<]*</code>`).ReplaceAllString(page, "")
	// The text of a link is where it leads.
	outside = regexp.MustCompile(`<a href="([^"]*)">([^<]*)</a>`).ReplaceAllStringFunc(outside, func(link string) string {
		if href, text, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(link, `<a href="`), `</a>`), `">`); href != text {
			return link
		}
		return ""
	})
	ours := regexp.MustCompile(`</?(h3|h4|p|strong|table|thead|tbody|tr|th|td|br)>`).ReplaceAllString(outside, "")
	if i := strings.IndexAny(ours, "<>&@[]`/\\"); i >= 0 {
		return errors.New("outside of code there is " + ours[i:])
	}
	for _, table := range strings.Split(page, "<table>")[1:] {
		if strings.Count(table, "<td>") != strings.Count(table, "<th>")*(strings.Count(table, "<tr>")-1) {
			return errors.New("a row lacks cells:\n" + table)
		}
		if strings.Contains(table, "<td></td>\n<td></td>") {
			return errors.New("a row was filled up:\n" + table)
		}
	}
	return nil
}
