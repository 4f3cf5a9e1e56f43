package architecture_test

// reserved are packages that only some files may import. Tests may import them
// everywhere.
var reserved = []struct {
	path string
	// files are files, or folders with a slash at the end; none means that no
	// file may.
	files []string
	why   string
}{
	{
		path:  "net/http",
		files: []string{"discovery/fetch.go", "inclusterauth/", "internal/apitest/"},
		why: "requests are made in one place, and credentials handled in one other, so that where a token goes can be read " +
			"in two places",
	},
	{
		path:  "net/http/httptest",
		files: []string{"internal/apitest/"},
		why:   "test servers are for tests",
	},
	{
		path:  "testing",
		files: []string{"internal/apitest/", "internal/snapshottest/"},
		why:   "it registers flags and links what only tests need",
	},
	{
		path:  "log",
		files: []string{"cmd/kreconcile/main.go", "internal/apitest/"}, // main discards what others log
		why:   "it writes to standard error past the guard, which hides the token and makes visible what was not escaped",
	},
	{
		path: "text/template",
		why:  "executing a template switches the linker's dead-code elimination off, which costs 2 MB",
	},
	{
		path: "html/template",
		why:  "executing a template switches the linker's dead-code elimination off, which costs 2 MB",
	},
}

// unlinked are packages, with all under them, that the program may not depend on,
// not even through others.
var unlinked = []struct{ path, why string }{
	{"k8s.io", "client-go and what it brings cost 16 MB and 9 ms of every start; discovery reads the few documents itself"},
	{"sigs.k8s.io", "what belongs to client-go costs megabytes; discovery reads the few documents itself"},
	{"github.com/hashicorp/hcl/v2/gohcl", "it turns [1, true] into strings and an optional null into nothing; null is not omitted"},
	{"github.com/hashicorp/hcl/v2/hclwrite", "it imports go-cmp, which compiles regular expressions before main; config/internal/syntax lays files out as it does"},
	{"go.opentelemetry.io", "a check that runs for some milliseconds is not traced"},
	{"html/template", "executing a template switches the linker's dead-code elimination off, which costs 2 MB"},
	{"github.com/Masterminds/semver/v3", "it compiles eight regular expressions before main; config/internal/versions reads constraints as it does"},
	{"github.com/google/go-cmp", "it is for tests"},
	{"testing", "it is for tests"},
	{"net/http/httptest", "it is for tests"},
	{module + "/internal/apitest", "it is for tests"},
	{"github.com/rogpeppe/go-internal", "it is for tests"},
	{"go.uber.org/goleak", "it is for tests"},
	{"go.yaml.in/yaml", "it compiles regular expressions before main, which takes 0.1 ms; manifest/internal/yaml reads documents as it does"},
}

// uncalled are functions that the linker must have removed. Other modules import
// these packages, but nothing may use them: cobra imports text/template for usage
// templates.
var uncalled = []struct{ function, why string }{
	{"text/template.(*Template).Execute", "a template is executed, which switches the linker's dead-code elimination off (2 MB)"},
}

// linked is every module outside this one whose packages the program is built
// from on Linux, in the order of their paths.
var linked = []string{
	"github.com/agext/levenshtein",
	"github.com/apparentlymart/go-textseg/v15",
	"github.com/go-json-experiment/json",
	"github.com/hashicorp/hcl/v2",
	"github.com/mitchellh/go-wordwrap",
	"github.com/spf13/cobra",
	"github.com/spf13/pflag",
	"github.com/zclconf/go-cty",
	"golang.org/x/sys",
	"golang.org/x/term",
	"golang.org/x/text",
}
