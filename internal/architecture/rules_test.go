package architecture_test

// module is the path of the module that the rules are about.
const module = "github.com/kreconcile/kreconcile"

// program is the folder of the program whose dependencies are held.
const program = "cmd/kreconcile"

// A rule says what the files of one package may import.
type rule struct {
	// folder is the package's folder below the module's root.
	folder string
	// uses are the folders of the packages of this module that it may import.
	uses []string
	// modules are the modules outside this one that it may import from.
	modules []string
	// avoids are packages of the standard library, each with all under it,
	// that it may not import.
	avoids []string
	// testOnly tells that only the tests of other packages may import it.
	testOnly bool
	// lines is how long the package may be, tests left out; 0 is no limit.
	lines int
	// why it may import no more. A failure prints it.
	why string
}

// The modules that rules name more than once.
const (
	hcl     = "github.com/hashicorp/hcl/v2"
	cty     = "github.com/zclconf/go-cty"
	jsonexp = "github.com/go-json-experiment/json"
)

// rules has one rule for each package, from the bottom to the top. Tests may
// import what their package may, and beyond that the packages that are testOnly
// and testModules; avoids and lines are not for them.
var rules = []rule{
	{
		folder: "kubeapi",
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "kubeapi holds the words that every other package shares; it is a leaf without I/O, on the standard library alone",
	},
	{
		folder:  "internal/nearest",
		modules: []string{"github.com/agext/levenshtein"},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "nearest compares names and knows nothing about what they stand for; it is a leaf",
	},
	{
		folder:  "config/internal/diag",
		uses:    []string{"internal/nearest"},
		modules: []string{hcl},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "diag collects diagnostics for every room of config; it is a leaf",
	},
	{
		folder:  "config/internal/budget",
		uses:    []string{"config/internal/diag"},
		modules: []string{hcl},
		avoids:  []string{"context", "io", "net", "os"},
		why: "budget is the only room of config that knows the clock and the memory of the process: what it stops depends " +
			"on the machine, and nothing else in config may",
	},
	{
		folder:  "config/internal/funcs",
		modules: []string{hcl, cty, jsonexp},
		avoids:  []string{"context", "net/http", "os", "time"},
		why:     "funcs computes values from values alone, so that a declaration means the same everywhere",
	},
	{
		folder:  "config",
		uses:    []string{"kubeapi", "config/internal/diag", "config/internal/budget", "config/internal/funcs", "internal/nearest"},
		modules: []string{hcl, cty, jsonexp, "github.com/Masterminds/semver/v3"},
		avoids:  []string{"context", "net/http", "os", "time"},
		why: "config turns bytes into a declaration: it reads through the fs.FS that it is given, knows no clock and no " +
			"environment, and never speaks to a cluster, so that a declaration is checked the same way everywhere",
	},
	{
		folder:  "discovery",
		uses:    []string{"kubeapi"},
		modules: []string{jsonexp},
		why: "discovery asks an API server and knows nothing of declarations: whoever asks brings the questions and a " +
			"client that has the credentials",
	},
	{
		folder:  "apply",
		uses:    []string{"kubeapi", "config", "discovery", "internal/nearest"},
		modules: []string{hcl, cty},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "apply is pure: a plan depends on a declaration and a snapshot alone, never on a clock, a file or a network",
	},
	{
		folder: "inclusterauth",
		why:    "inclusterauth is for other programs too: it comes with the standard library alone and knows nothing of Kubernetes' API",
	},
	{
		folder:  "internal/view",
		uses:    []string{"kubeapi", "config", "discovery", "apply"},
		modules: []string{hcl},
		avoids:  []string{"context", "net", "os"},
		why:     "a view renders a plan to a writer and decides nothing; it opens no file and asks no server",
	},
	{
		folder: "internal/run",
		uses:   []string{"config", "discovery", "apply"},
		avoids: []string{"net", "os"},
		why:    "run decides how often a cluster is looked at; it asks through discovery, and apply judges",
	},
	{
		folder: "internal/cli",
		uses: []string{
			"kubeapi", "config", "discovery", "apply", "inclusterauth", "internal/run", "internal/view", "internal/nearest",
		},
		modules: []string{hcl, cty, "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term"},
		why:     "cli wires the parts together; what it can do itself, without a library, it does through them",
	},
	{
		folder: "internal/signals",
		avoids: []string{"context", "io", "net", "time"},
		why:    "signals has to initialise before nearly everything else, so it imports no more than os/signal needs itself",
	},
	{
		folder: "cmd/kreconcile",
		uses:   []string{"internal/cli", "internal/signals"},
		lines:  40,
		why:    "a main package is a shim over internal/cli, so that everything that the program does can be tested in process",
	},
	{
		folder:   "internal/apitest",
		uses:     []string{"kubeapi", "discovery"},
		modules:  []string{jsonexp},
		testOnly: true,
		why:      "apitest is an API server for tests; it serves a snapshot and knows nothing of what is judged by it",
	},
	{
		folder:   "internal/cases",
		testOnly: true,
		why:      "cases runs the other packages' tests by their names and needs none of them",
	},
	{
		folder:   "internal/architecture",
		testOnly: true,
		why:      "architecture looks at the other packages' files and needs none of them",
	},
}

// testModules are the modules that tests may import from, whatever they test.
var testModules = []string{
	"github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal",
	"go.uber.org/goleak",
}

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
		why:   "a test server has no place in the program",
	},
	{
		path:  "testing",
		files: []string{"internal/apitest/"},
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

// unlinked are packages, each with all under it, that the program may not
// depend on, not even through others.
var unlinked = []struct{ path, why string }{
	{"k8s.io", "client-go and what it brings cost 16 MB and 9 ms of every start; discovery reads the few documents itself"},
	{"sigs.k8s.io", "what belongs to client-go costs megabytes; discovery reads the few documents itself"},
	{"github.com/hashicorp/hcl/v2/gohcl", "it turns [1, true] into strings and an optional null into nothing; null is not omitted"},
	{"go.opentelemetry.io", "a check that runs for some milliseconds is not traced"},
	{"html/template", "executing a template switches the linker's dead-code elimination off, which costs 2 MB"},
	{"testing", "it is for tests"},
	{"net/http/httptest", "it is for tests"},
	{module + "/internal/apitest", "it is for tests"},
	{"github.com/rogpeppe/go-internal", "it is for tests"},
	{"go.uber.org/goleak", "it is for tests"},
}

// uncalled are functions that may not survive in the linked program. They are
// how a package shows that others import, but that nothing may use: cobra
// imports text/template, for the usage templates that a program may set.
var uncalled = []struct{ function, why string }{
	{"text/template.(*Template).Execute", "a template is executed, which switches the linker's dead-code elimination off (2 MB)"},
	{"github.com/google/go-cmp/cmp.Equal", "it is for tests; hclwrite, which fmt is made of, imports it without need"},
}

// linked is every module outside this one whose packages the program is built
// from on Linux, in the order of their paths.
var linked = []string{
	"github.com/Masterminds/semver/v3",
	"github.com/agext/levenshtein",
	"github.com/apparentlymart/go-textseg/v15",
	"github.com/go-json-experiment/json",
	// hclwrite imports it, and nothing calls it: the table uncalled holds that.
	"github.com/google/go-cmp",
	"github.com/hashicorp/hcl/v2",
	"github.com/mitchellh/go-wordwrap",
	"github.com/spf13/cobra",
	"github.com/spf13/pflag",
	"github.com/zclconf/go-cty",
	"golang.org/x/sys",
	"golang.org/x/term",
	"golang.org/x/text",
}
