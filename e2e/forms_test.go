package e2e

import (
	"path/filepath"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"
)

// issueForm has the keys of a form that the project uses. Any other is an error.
//
// Source:
// https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
type issueForm struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Title       string   `json:"title"`
	Labels      []string `json:"labels"`
	Body        []struct {
		Type       string `json:"type"`
		ID         string `json:"id"`
		Attributes struct {
			Value       string `json:"value"`
			Label       string `json:"label"`
			Description string `json:"description"`
			Placeholder string `json:"placeholder"`
			Render      string `json:"render"`
			Multiple    bool   `json:"multiple"`
			Options     []any  `json:"options"`
		} `json:"attributes"`
		Validations struct {
			Required bool `json:"required"`
		} `json:"validations"`
	} `json:"body"`
}

// issueChooser has the keys of config.yml.
type issueChooser struct {
	BlankIssues  *bool `json:"blank_issues_enabled"`
	ContactLinks []struct {
		Name  string `json:"name"`
		URL   string `json:"url"`
		About string `json:"about"`
	} `json:"contact_links"`
}

// TestIssueForms tests that GitHub would show the forms for issues.
func TestIssueForms(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(suite.programs.Root, ".github", "ISSUE_TEMPLATE", "*.yml"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if filepath.Base(file) == "config.yml" {
			var chooser issueChooser
			if err := yaml.UnmarshalStrict(readFile(t, file), &chooser); err != nil || chooser.BlankIssues == nil {
				t.Errorf("%s: %+v, %v", file, chooser, err)
			}
			for _, link := range chooser.ContactLinks {
				if link.Name == "" || link.URL == "" || link.About == "" {
					t.Errorf("%s: incomplete link %+v", file, link)
				}
			}
			continue
		}
		var form issueForm
		if err := yaml.UnmarshalStrict(readFile(t, file), &form); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if form.Name == "" || form.Description == "" {
			t.Errorf("%s: no name or no description", file)
		}
		ids, inputs := map[string]bool{}, 0
		for _, element := range form.Body {
			a := element.Attributes
			if !slices.Contains([]string{"markdown", "textarea", "input", "dropdown", "checkboxes"}, element.Type) {
				t.Errorf("%s: there is no element of type %q", file, element.Type)
			}
			if element.Type == "markdown" {
				if a.Value == "" || element.ID != "" || element.Validations.Required {
					t.Errorf("%s: %+v is no text", file, element)
				}
				continue
			}
			inputs++
			if a.Label == "" || element.ID == "" || ids[element.ID] {
				t.Errorf("%s: %+v has no label, or no id of its own", file, element)
			}
			ids[element.ID] = true
			if choice := element.Type == "dropdown" || element.Type == "checkboxes"; choice != (len(a.Options) > 0) {
				t.Errorf("%s: %+v has %d options", file, element, len(a.Options))
			}
			if a.Render != "" && element.Type != "textarea" {
				t.Errorf("%s: only a textarea has render", file)
			}
		}
		if inputs == 0 {
			t.Errorf("%s asks for nothing", file)
		}
	}
}
