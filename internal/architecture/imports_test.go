package architecture_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImports(t *testing.T) {
	for _, complaint := range checkImports(readSources(t)) {
		t.Error(complaint)
	}
}

// checkImports returns a complaint for each import, and each package, that the rules
// don't allow.
func checkImports(sources []source) []string {
	var complaints []string
	complain := func(format string, args ...any) {
		complaints = append(complaints, fmt.Sprintf(format, args...))
	}
	var unknown []string
	lines := make(map[string]int)
	for _, s := range sources {
		if !s.isTest() {
			lines[s.folder()] += s.lines
		}
		r, known := ruleOf(s.folder())
		switch {
		case known:
			for _, imported := range s.imports {
				if why := forbidden(r, s, imported); why != "" {
					complain("%s imports %s: %s", s.name, imported, why)
				}
			}
		case !slices.Contains(unknown, s.folder()):
			unknown = append(unknown, s.folder())
			complain("%s: the package has no rule: add it to the table rules of internal/architecture/rules_test.go, "+
				"with what it may import and why no more", s.folder())
		}
	}
	for _, r := range rules {
		exists := slices.ContainsFunc(sources, func(s source) bool { return s.folder() == r.folder })
		if !exists {
			complain("%s: the rule has no package: remove it from the table rules of internal/architecture/rules_test.go",
				r.folder)
		}
		if n := lines[r.folder]; r.lines > 0 && n > r.lines {
			complain("%s has %d lines, at most %d are allowed: %s", r.folder, n, r.lines, r.why)
		}
	}
	return complaints
}

// forbidden says why a file of r's package may not import something. It returns "" if
// it may.
func forbidden(r rule, s source, imported string) string {
	if !s.isTest() {
		for _, p := range reserved {
			if imported == p.path && !slices.ContainsFunc(p.files, s.isIn) {
				return allowedTo(p.files) + ": " + p.why
			}
		}
	}
	switch folder, ours := strings.CutPrefix(imported, module+"/"); {
	case imported == module:
		return "the module's root is no package"
	case ours:
		return forbiddenPackage(r, s, folder)
	case isStandard(imported):
		if !s.isTest() && slices.ContainsFunc(r.avoids, func(p string) bool { return isUnder(imported, p) }) {
			return r.why
		}
		return ""
	}
	allowed := r.modules
	if s.isTest() {
		allowed = slices.Concat(allowed, testModules)
	}
	if slices.ContainsFunc(allowed, func(m string) bool { return isUnder(imported, m) }) {
		return ""
	}
	return fmt.Sprintf("outside the standard library, %s may import %s: %s", r.folder, oneOf(allowed), r.why)
}

// forbiddenPackage is forbidden for a package of this module.
func forbiddenPackage(r rule, s source, folder string) string {
	if folder == r.folder || slices.Contains(r.uses, folder) {
		return ""
	}
	if used, known := ruleOf(folder); known && used.testOnly {
		if s.isTest() {
			return ""
		}
		return "only tests may: " + used.why
	}
	return fmt.Sprintf("of this module, %s may import %s: %s", r.folder, oneOf(r.uses), r.why)
}

func ruleOf(folder string) (rule, bool) {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.folder == folder })
	if i < 0 {
		return rule{}, false
	}
	return rules[i], true
}

// isIn reports whether s is the file, or in the folder whose name ends in a slash.
func (s source) isIn(file string) bool {
	return s.name == file || strings.HasSuffix(file, "/") && s.folder()+"/" == file
}

// isStandard reports whether a package is in the standard library: any other path
// begins with a domain, which has a dot.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

// isUnder reports whether a package is the given one or under it.
func isUnder(imported, parent string) bool {
	return imported == parent || strings.HasPrefix(imported, parent+"/")
}

func allowedTo(files []string) string {
	if len(files) == 0 {
		return "no file may"
	}
	return "only " + oneOf(files) + " may"
}

func oneOf(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

// TestCheckImports tests the check: each case is a file that breaks a rule, or only
// looks like it.
func TestCheckImports(t *testing.T) {
	const allowed = ""
	tests := []struct {
		name string
		file string
		path string
		want string
	}{
		{"an arrow that points down", "apply/diff.go", module + "/config", allowed},
		{"an arrow that points up", "internal/nearest/nearest.go", module + "/config", "of this module, internal/nearest may import nothing: "},
		{"config to discovery", "config/parse.go", module + "/discovery", "of this module, config may import kubeapi, "},
		{"discovery to config", "discovery/fetch.go", module + "/config", "of this module, discovery may import kubeapi, internal/endpoint, internal/tlsfault, "},
		{"an arrow of a test that points up", "config/parse_test.go", module + "/apply", "of this module, config may import kubeapi, "},
		{"a test of a package from outside it", "config/parse_test.go", module + "/config", allowed},
		{"net/http in the file that fetches", "discovery/fetch.go", "net/http", allowed},
		{"net/http in another file of discovery", "discovery/decode.go", "net/http", "only discovery/fetch.go, inclusterauth/, internal/apitest/ may: "},
		{"net/http in a test", "discovery/decode_test.go", "net/http", allowed},
		{"net/http in inclusterauth", "inclusterauth/client.go", "net/http", allowed},
		{"net/http in cli", "internal/cli/connect.go", "net/http", "only discovery/fetch.go, inclusterauth/, internal/apitest/ may: "},
		{"the clock in apply", "apply/diff.go", "time", "apply is pure: "},
		{"under what apply avoids", "apply/diff.go", "os/exec", "apply is pure: "},
		{"a name that only begins alike", "apply/diff.go", "iter", allowed},
		{"the clock in a test of apply", "apply/diff_test.go", "time", allowed},
		{"a module in inclusterauth", "inclusterauth/token.go", "golang.org/x/net/http/httpproxy", "outside the standard library, inclusterauth may import nothing: "},
		{"a module in a test of inclusterauth", "inclusterauth/token_test.go", "github.com/google/go-cmp/cmp", allowed},
		{"a package under an allowed module", "config/parse.go", "github.com/hashicorp/hcl/v2/hclsyntax", allowed},
		{"a module whose path only begins alike", "config/parse.go", "github.com/hashicorp/hcl/v2x", "outside the standard library, config may import "},
		{"apitest in a test", "internal/cli/run_test.go", module + "/internal/apitest", allowed},
		{"apitest in the program", "internal/cli/run.go", module + "/internal/apitest", "only tests may: "},
		{"testing in the program", "internal/view/text.go", "testing", "only internal/apitest/, internal/snapshottest/ may: "},
		{"a template", "internal/view/text.go", "text/template", "no file may: "},
		{"a shortcut in main", "cmd/kreconcile/main.go", module + "/config", "of this module, cmd/kreconcile may import internal/cli, internal/live, internal/signals: "},
		{"the root", "internal/cli/run.go", module, "the module's root is no package"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := source{name: test.file, imports: []string{test.path}}
			r, known := ruleOf(s.folder())
			if !known {
				t.Fatalf("no rule for %s", s.folder())
			}
			got := forbidden(r, s, test.path)
			if test.want == allowed && got != "" || !strings.HasPrefix(got, test.want) {
				t.Errorf("got %q, want it to begin with %q", got, test.want)
			}
		})
	}
}

func TestCheckImportsOfPackages(t *testing.T) {
	var whole []source
	for _, r := range rules {
		whole = append(whole, source{name: r.folder + "/doc.go", lines: 10})
	}
	long := slices.Concat(whole, []source{
		{name: "cmd/kreconcile/main.go", lines: 31},
		{name: "cmd/kreconcile/main_test.go", lines: 1000},
	})
	tests := []struct {
		name    string
		sources []source
		want    []string
	}{
		{"one package for each rule", whole, nil},
		{
			"a package without a rule",
			slices.Concat(whole, []source{{name: "newcomer/a.go"}, {name: "newcomer/b.go"}}),
			[]string{"newcomer: the package has no rule: add it to the table rules of internal/architecture/rules_test.go, " +
				"with what it may import and why no more"},
		},
		{
			"a rule without a package",
			whole[1:],
			[]string{"internal/pattern: the rule has no package: remove it from the table rules of internal/architecture/rules_test.go"},
		},
		{
			"a long main",
			long,
			[]string{"cmd/kreconcile has 41 lines, at most 40 are allowed: a main package is a shim over internal/cli, " +
				"so that tests can run everything in process"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, checkImports(test.sources)); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRules checks the table: every rule needs a reason, and names only what exists.
func TestRules(t *testing.T) {
	below := make(map[string]bool)
	for _, r := range rules {
		if r.why == "" {
			t.Errorf("%s: no reason", r.folder)
		}
		if below[r.folder] {
			t.Errorf("%s: a second rule", r.folder)
		}
		// The table goes from the bottom to the top, so that it can have no cycle.
		for _, used := range r.uses {
			if !below[used] {
				t.Errorf("%s uses %s, which is no package below it in the table", r.folder, used)
			}
		}
		below[r.folder] = true
	}
	for _, p := range reserved {
		if p.why == "" {
			t.Errorf("%s: no reason", p.path)
		}
	}
}
