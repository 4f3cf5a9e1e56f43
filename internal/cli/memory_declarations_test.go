package cli_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// A hostileDeclaration has the largest allowed size or number of tokens.
type hostileDeclaration struct {
	name  string
	files map[string]string
	want  string // a summary, or empty where it is valid
}

func hostileDeclarations(tokens int) []hostileDeclaration {
	const file = 4 << 20
	// Stay a little under the limit.
	tokens -= 200
	values := tokens / 4
	const memory, large, deep = "Declaration takes too much memory", "Expression too large", "Nested too deeply"
	local := func(n int, unit string) string { return "locals {\n  a = " + strings.Repeat(unit, n) + "1\n}\n" }
	list := func(n int, unit string) string {
		return "locals {\n  a = [" + strings.Repeat(unit, n) + "1]\n}\napi \"v1\" {}\n"
	}
	return []hostileDeclaration{
		{"brackets to the cap", one(repeated(file, "a = ", "(", "\n")), deep},
		{"brackets", one(local(tokens, "(")), deep},
		{"additions", one(local(tokens/2, "1+")), deep},
		{"blocks to the cap", one(repeated(file, "", "api \"v1\" {}\n", "")), memory},
		{"blocks", one(strings.Repeat("api \"v1\" {}\n", tokens/7)), memory},
		{"blocks of no type", one(strings.Repeat("b{}\n", tokens/4)), memory},
		{"blocks in blocks", one(strings.Repeat("b{\n", tokens/3)), deep},
		{"labels", one(strings.Repeat("a ", tokens)), large},
		{"attributes", one(numbered(tokens/5, "", "a%x=1\n", "")), "Unsupported argument"},
		{"variables", one(numbered(tokens/13, "", "variable \"a%x\" {\n  default = 1\n}\n", "api \"v1\" {}\n")), ""},
		{"checks", one(numbered(tokens/30, "", "check \"a%d\"{\nassert{\ncondition=served(\"v1\")\nerror_message=\"b\"\n}\n}\n", "")), ""},
		{"asserts", one(numbered(20_000, "check \"a\" {\n", "assert {\ncondition = served(\"v1\", \"a%d\") || kubernetes(\">= 1.30\")\nerror_message = \"b\"\n}\n", "}\n")), ""},
		{"subresources", one(numbered(tokens/4-10, "api \"v1\" {\n  resource \"pods\" {\n    subresources = [", "\"s%x\",", "]\n  }\n}\n")), large},
		{"numbers", one(list(tokens/2-20, "1,")), large},
		{"empty lists", one(list(tokens/3-20, "[],")), large},
		{"texts", one(list(tokens/4-20, `"",`)), large},
		{"empty texts", one(strings.Repeat(`""`, tokens/3)), large},
		{"one text", one(repeated(file, "locals {\n  a = \"", "x", "\"\n}\napi \"v1\" {}\n")), "Value too large"},
		{"lines to the cap", one(repeated(file, "", "\n", "")), "Nothing is required"},
		{"comments", one(strings.Repeat("#\n", tokens/2)), "Nothing is required"},
		{"dollars", one("locals {\n  a = \"" + strings.Repeat("$", tokens-20) + "\"\n}\n"), "Text too long"},
		{"what no token begins with", one(strings.Repeat("@ ", tokens/8)), deep},
		{"combining characters", one(strings.Repeat("\u0300", tokens/2)), deep},
		{"four files at the cap", map[string]string{
			"a.hcl": repeated(file, "", "# a comment of a line that says nothing, and goes on for very long\n", ""), "b.hcl": repeated(file, "", "1\n", ""),
			"c.hcl.json": repeated(file, "[", "[],", "[]]"), "d.hcl": repeated(file, "", "()", ""),
		}, " too "}, // too many errors, or too much time on a slow machine
		{"half of the tokens in each of two files", map[string]string{
			"a.hcl": strings.Repeat("api \"v1\" {}\n", tokens/14), "b.hcl": list(tokens/4-20, "1,"),
		}, " too "},
		{"JSON to the cap", json1(repeated(file, "[", "[],", "[]]")), "File too large"},
		{"JSON arrays in arrays to the cap", json1(strings.Repeat("[", file)), deep},
		// Both are near two limits: the garbage collector decides whether memory or the value is too large first.
		{"JSON numbers", json1(`{"locals":{"a":[` + strings.Repeat("0,", values-10) + `0]},"api":{"v1":{}}}`), " too "},
		{"JSON arrays", json1(`{"locals":{"a":[` + strings.Repeat("[],", values-10) + `0]},"api":{"v1":{}}}`), " too "},
		{"JSON blocks", json1(`{"api":{"v1":[` + strings.Repeat("{},", values-10) + `{}]}}`), memory},
		{"JSON blocks of names", json1(numbered(values/2-10, `{"api":{`, `"a%x/v1":{},`, `"v1":{}}}`)), memory},
		{"JSON that ends early", json1(repeated(file, "[", "1,", "")), "File too large"},
		{"a JSON template to the cap", json1(repeated(file, `{"locals":{"a":"`, "${1}", `"},"api":{"v1":{}}}`)), "Expression too large"},
		{"a JSON template", json1(`{"locals":{"a":"` + strings.Repeat("${1}", 19_999/4) + `"},"api":{"v1":{}}}`), "Unused local value"},
		{"a JSON text", json1(repeated(file, `{"locals":{"a":"`, "x", `"},"api":{"v1":{}}}`)), "Value too large"},
	}
}

// TestMemoryOfVariableFiles tests that all variable files together have a limit.
func TestMemoryOfVariableFiles(t *testing.T) {
	canMeasure(t)
	dir := t.TempDir()
	place(t, filepath.Join(dir, "main.hcl"), "api \"v1\" {}\n")
	place(t, filepath.Join(dir, "a.hclvars"), repeated(4<<20, "", "# a comment\n", ""))
	args := []string{"validate", filepath.Join(dir, "main.hcl")}
	for range 64 {
		args = append(args, "--var-file", filepath.Join(dir, "a.hclvars"))
	}
	m := measure(t, nil, build(t), args...)
	t.Logf("%d KiB, exit %d", m.peak, m.code)
	if m.code != 1 || !strings.Contains(m.stderr, "Variable files too large") {
		t.Errorf("it exits with %d, and says %.500s", m.code, m.stderr)
	}
	if m.peak > hostileMemory {
		t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
	}
}

// one and json1 return a folder with one file.
func one(text string) map[string]string { return map[string]string{"main.hcl": text} }

func json1(text string) map[string]string { return map[string]string{"main.hcl.json": text} }

// TestMemoryOfHostileDeclarations tests that no declaration takes more memory than a
// small Pod has.
func TestMemoryOfHostileDeclarations(t *testing.T) {
	canMeasure(t)
	program := build(t)
	for _, test := range hostileDeclarations(550_000) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, content := range test.files {
				place(t, filepath.Join(dir, name), content)
			}
			m := measure(t, nil, program, "validate", dir)
			t.Logf("%d KiB, exit %d", m.peak, m.code)
			valid := test.want == "" || test.want == "Unused local value"
			// A slow machine may refuse a valid one, and is right to: it would take too long.
			slow := valid && m.code == 1 && strings.Contains(m.stderr, "Declaration takes too much time")
			if code := map[bool]int{true: 0, false: 1}[valid]; !slow && (m.code != code || !strings.Contains(strings.ToLower(m.stderr), strings.ToLower(test.want))) {
				t.Errorf("it exits with %d, and says %.500s", m.code, m.stderr)
			}
			if strings.Contains(m.stderr, "goroutine ") || strings.Contains(m.stderr, "Internal error") {
				t.Errorf("it says %.2000s", m.stderr)
			}
			if m.peak > hostileMemory {
				t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
			}
		})
	}
}

// TestMemoryOfFormatting tests the same for formatting.
func TestMemoryOfFormatting(t *testing.T) {
	canMeasure(t)
	program := build(t)
	for _, test := range hostileDeclarations(400_000) {
		if _, json := test.files["main.hcl.json"]; json {
			continue // It is not formatted.
		}
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, content := range test.files {
				place(t, filepath.Join(dir, name), content)
			}
			m := measure(t, nil, program, "fmt", dir)
			t.Logf("%d KiB, exit %d", m.peak, m.code)
			if m.code > 1 || strings.Contains(m.stderr, "goroutine ") || strings.Contains(m.stderr, "Internal error") {
				t.Errorf("it exits with %d, and says %.2000s", m.code, m.stderr)
			}
			if m.peak > hostileMemory {
				t.Errorf("it took %d KiB, want at most %d", m.peak, hostileMemory)
			}
		})
	}
}
