package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestJSONSchema checks the schema of docs/schema by its metaschema, by what
// kreconcile accepts, and by errors that an editor should show and kreconcile
// refuses.
func TestJSONSchema(t *testing.T) {
	t.Parallel()
	root := suite.programs.Root
	// Compiling checks the schema by that of its draft.
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(root, "docs", "schema", "declaration.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if schema.DraftVersion != 7 {
		t.Errorf("the schema is of draft %d", schema.DraftVersion)
	}
	accepts := func(document []byte) error {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		if err != nil {
			return err
		}
		return schema.Validate(value)
	}
	dir := t.TempDir()
	// validate returns kreconcile's answer.
	validate := func(document []byte) (string, bool) {
		file := filepath.Join(dir, "main.hcl.json")
		if err := os.WriteFile(file, document, 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), suite.programs.Kreconcile, "validate", "--allow-empty", file)
		cmd.Env = []string{}
		out, err := cmd.CombinedOutput()
		return string(out), err == nil
	}

	files, err := filepath.Glob(filepath.Join(root, "testdata", "valid", "*.hcl.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("there are no declarations in JSON: ", err)
	}
	for _, file := range files {
		document, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := accepts(document); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}

	page, err := os.ReadFile(filepath.Join(root, "docs", "language.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "## JSON syntax\n")
	_, rest, _ = strings.Cut(rest, "```json\n")
	shown, _, _ := strings.Cut(rest, "```\n")

	for name, document := range map[string]string{
		"shown in the docs":    shown,
		"nothing":              `{}`,
		"an array":             `[{"api": {"v1": {}}}, {"api": {"apps/v1": {}}}]`,
		"a comment":            `{"//": ["x"], "api": {"v1": {"//": 1}}}`,
		"blocks in arrays":     `{"api": [{"v1": [{}, {"preferred": true}]}, {"apps/v1": {"resource": [{"deployments": {}}]}}], "locals": [{"a": 1}, {"b": null}]}`,
		"templates":            `{"locals": {"a": true}, "api": {"v1": {"enabled": "${local.a}", "severity": "${\"error\"}", "reason": "x", "resource": {"pods": {"verbs": "${[\"get\"]}"}}}}}`,
		"one address, or many": `{"cluster": [{"server_address": "10.0.1.149:443"}, {"kubernetes": "1.36"}]}`,
		"any default":          `{"variable": {"a": {"default": null}, "b": {"type": "list(string)", "default": ["x"]}}, "api": {"v1": {"reason": "${var.b[0]}", "enabled": false}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if err := accepts([]byte(document)); err != nil {
				t.Error(err)
			}
			if out, ok := validate([]byte(document)); !ok {
				t.Errorf("kreconcile refuses it:\n%s", out)
			}
		})
	}

	for name, document := range map[string]string{
		"a text":                       `"api"`,
		"no block":                     `{"api": null}`,
		"no label":                     `{"api": {}}`,
		"an empty array of blocks":     `{"api": []}`,
		"an array of nothing":          `{"api": {"v1": []}}`,
		"a misspelt block":             `{"apy": {"v1": {}}}`,
		"a misspelt attribute":         `{"api": {"v1": {"prefer": true}}}`,
		"an attribute of another":      `{"api": {"v1": {"kind": "Pod"}}}`,
		"a block of another":           `{"resource": {"pods": {}}}`,
		"a text for a bool":            `{"api": {"v1": {"served": "true"}}}`,
		"a number for a text":          `{"api": {"v1": {"reason": 1}}}`,
		"null for a text":              `{"api": {"v1": {"reason": null}}}`,
		"a number in a list of texts":  `{"api": {"v1": {"resource": {"pods": {"verbs": ["get", 1]}}}}}`,
		"an empty list":                `{"api": {"v1": {"resource": {"pods": {"verbs": []}}}}}`,
		"a text for a list":            `{"api": {"v1": {"resource": {"pods": {"verbs": "get"}}}}}`,
		"an unknown scope":             `{"api": {"v1": {"resource": {"pods": {"scope": "namespaced"}}}}}`,
		"an unknown severity":          `{"api": {"v1": {"severity": "info"}}}`,
		"a label too many":             `{"api": {"v1": {"resource": {"pods": {"subresource": {"log": {"x": {}}}}}}}}`,
		"a label where there is none":  `{"cluster": {"main": {"kubernetes": "1.36"}}}`,
		"an object for a text":         `{"cluster": {"kubernetes": {"min": "1.30"}}}`,
		"a bool in place of a block":   `{"api": {"v1": true}}`,
		"a schema named in the file":   `{"$schema": "x", "api": {"v1": {}}}`,
		"a comment in place of a name": `{"api": {"//": "x"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if !json.Valid([]byte(document)) {
				t.Fatal("it is no JSON")
			}
			if err := accepts([]byte(document)); err == nil {
				t.Error("the schema accepts it")
			}
			if out, ok := validate([]byte(document)); ok {
				t.Errorf("kreconcile accepts it:\n%s", out)
			}
		})
	}
}
