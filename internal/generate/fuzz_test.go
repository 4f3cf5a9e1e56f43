package generate_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/generate"
)

// TestMain fails if a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// FuzzGenerate tests that the declaration of any objects is valid and in canonical style.
func FuzzGenerate(f *testing.F) {
	script, err := os.ReadFile("../cli/testdata/script/generate.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range regexp.MustCompile(`(?m)^-- .* --$`).Split(string(script), -1)[1:] {
		f.Add(file, "web.yaml")
	}
	f.Add("# Source: \"${a}\" %{b} \\ \x00 \u2028\nkind: \"${a}\"\napiVersion: v1\n", "<stdin>")
	f.Add(`{"kind": "Role", "apiVersion": "rbac.authorization.k8s.io/v1", "metadata": {"name": "a\"${b}"}, "rules": [
{"apiGroups": ["", "*", "a", "A b"], "resources": ["", "*", "/", "a/b/c", "*/a", "a.b"], "verbs": ["", "*", "get", "a b"]}]}`, "<stdin>")
	f.Add("apiVersion: v\nkind: Secret\nmetadata: {name: a}\n", "web.yaml")
	f.Fuzz(func(t *testing.T, text, name string) {
		for _, options := range []generate.Options{{}, {Fields: true, Permissions: true}, {Definitions: true, Permissions: true}} {
			g := generate.New(options)
			if _, err := g.Read(name, strings.NewReader(text)); err != nil {
				t.Fatal(err)
			}
			declaration, err := g.Declaration()
			if err != nil {
				if _, broken := err.(interface{ HasErrors() bool }); broken {
					t.Errorf("it has no style: %v", err)
				}
				continue
			}
			source := config.Source{Name: "a.hcl", Bytes: []byte(declaration)}
			if _, diags := config.Parse(config.Sources{source}, config.Inputs{}); diags.HasErrors() {
				t.Errorf("%v\n%s", diags, declaration)
			}
			if formatted, _ := config.Format(source); string(formatted) != declaration {
				t.Errorf("this is not formatted:\n%s", declaration)
			}
		}
	})
}
