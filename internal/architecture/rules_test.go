package architecture_test

// module is the path of the module that the rules are about.
const module = "github.com/kreconcile/kreconcile"

// program is the folder of the program whose dependencies are checked.
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
	// testOnly is set if only the tests of other packages may import it.
	testOnly bool
	// lines limits the length of the package without tests; 0 is no limit.
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
// also import testOnly packages and testModules. avoids and lines do not apply to
// them.
var rules = []rule{
	{
		folder: "internal/pattern",
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "pattern compiles regular expressions late, and does not know what they match; it is a leaf",
	},
	{
		folder:  "internal/layout",
		modules: []string{hcl},
		avoids:  []string{"io", "net", "os", "time"},
		why:     "layout sets the spaces of HCL, and does not know what it says; it is a leaf",
	},
	{
		folder: "internal/stack",
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "stack grows the stack of a goroutine, and does not know what runs on it; it is a leaf",
	},
	{
		folder: "kubeapi",
		uses:   []string{"internal/pattern"},
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "kubeapi holds the words that every other package shares; it has no I/O, and needs the standard library alone",
	},
	{
		folder: "internal/ranges",
		uses:   []string{"kubeapi"},
		avoids: []string{"net", "os", "time"},
		why:    "ranges compares versions with ranges, and does not know what they are versions of",
	},
	{
		folder:  "internal/nearest",
		modules: []string{"github.com/agext/levenshtein"},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "nearest compares names and does not know what they mean; it is a leaf",
	},
	{
		folder:  "config/internal/diag",
		uses:    []string{"internal/nearest"},
		modules: []string{hcl, cty},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "diag collects diagnostics for every room of config; it is a leaf",
	},
	{
		folder: "internal/endpoint",
		avoids: []string{"context", "io", "net/http", "os", "time"},
		why: "endpoint compares addresses, which decides where a token goes; it is a leaf on the standard library alone, so " +
			"that inclusterauth can use it",
	},
	{
		folder: "internal/tlsfault",
		avoids: []string{"context", "io", "os", "net/http"},
		why:    "tlsfault classifies errors for inclusterauth and discovery, and inclusterauth takes the standard library alone; it is a leaf",
	},
	{
		folder:  "config/internal/lang",
		modules: []string{hcl},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "lang holds the tables of the language, which every room of config reads; it is a leaf",
	},
	{
		folder:  "config/internal/source",
		uses:    []string{"config/internal/diag", "config/internal/lang"},
		modules: []string{hcl, jsonexp},
		avoids:  []string{"context", "net", "os", "time"},
		why:     "source reads files through the fs.FS that it is given, and parses none of them",
	},
	{
		folder:  "config/internal/hint",
		uses:    []string{"kubeapi", "config/internal/diag", "config/internal/source", "internal/nearest", "internal/pattern"},
		modules: []string{hcl, cty},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "hint only suggests what an author meant; it decides nothing",
	},
	{
		folder: "config/internal/versions",
		uses:   []string{"kubeapi", "internal/pattern", "internal/ranges"},
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "versions compares versions, and knows nothing of declarations; it is a leaf",
	},
	{
		folder:  "config/internal/budget",
		uses:    []string{"config/internal/diag", "internal/stack"},
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
		folder: "config/internal/syntax",
		uses: []string{
			"config/internal/diag", "config/internal/lang", "config/internal/source", "config/internal/hint", "config/internal/budget",
			"internal/layout",
		},
		modules: []string{hcl, jsonexp},
		avoids:  []string{"context", "net", "os", "time"},
		why:     "syntax only parses and formats text: it evaluates nothing, so that what a value means is decided in one place",
	},
	{
		folder: "config/internal/eval",
		uses: []string{
			"kubeapi", "config/internal/diag", "config/internal/source", "config/internal/hint", "config/internal/budget", "config/internal/funcs",
		},
		modules: []string{hcl, cty},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why: "eval computes values of a scope, and what a cluster must answer for them; it reads no block and no file, and config " +
			"gives it the questions, so that it needs nothing of config",
	},
	{
		folder: "config",
		uses: []string{
			"kubeapi", "config/internal/diag", "config/internal/lang", "config/internal/source", "config/internal/hint", "config/internal/budget", "config/internal/eval",
			"config/internal/versions", "config/internal/syntax", "internal/endpoint", "internal/nearest", "internal/pattern",
		},
		modules: []string{hcl, cty, jsonexp},
		avoids:  []string{"context", "net/http", "os", "time"},
		why: "config turns bytes into a declaration: it reads through the fs.FS that it is given, knows no clock and no " +
			"environment, and never speaks to a cluster, so that a declaration is checked the same way everywhere",
	},
	{
		folder: "discovery/internal/text",
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "text bounds what servers say, for every other package of discovery; it is a leaf",
	},
	{
		folder: "discovery/internal/model",
		uses:   []string{"kubeapi", "discovery/internal/text"},
		avoids: []string{"context", "io", "net", "os"},
		why:    "model has the facts about a server, wherever they come from: no client, no document and no file",
	},
	{
		folder:  "discovery/internal/jsonwalk",
		uses:    []string{"discovery/internal/text"},
		modules: []string{jsonexp},
		avoids:  []string{"context", "net", "os"},
		why:     "jsonwalk reads and writes JSON, and knows nothing of what it is about",
	},
	{
		folder:  "discovery/internal/wire",
		uses:    []string{"kubeapi", "discovery/internal/text", "discovery/internal/model", "discovery/internal/jsonwalk"},
		modules: []string{jsonexp},
		avoids:  []string{"context", "net", "os"},
		why:     "wire decodes what a server sends: it has no client",
	},
	{
		folder: "discovery/internal/openapi",
		uses: []string{
			"kubeapi", "discovery/internal/text", "discovery/internal/model", "discovery/internal/jsonwalk", "discovery/internal/wire",
		},
		modules: []string{jsonexp},
		avoids:  []string{"context", "net/http", "os"},
		why:     "openapi reads schemas: it has no client",
	},
	{
		folder: "discovery/internal/record",
		uses: []string{
			"kubeapi", "discovery/internal/text", "discovery/internal/model", "discovery/internal/jsonwalk", "discovery/internal/wire",
		},
		modules: []string{jsonexp},
		avoids:  []string{"context", "net", "os"},
		why:     "record writes to a writer and reads from a reader; its callers choose the file",
	},
	{
		folder: "discovery",
		uses: []string{
			"kubeapi", "internal/endpoint", "internal/tlsfault", "discovery/internal/text", "discovery/internal/model", "discovery/internal/wire",
			"discovery/internal/openapi", "discovery/internal/record", "internal/stack",
		},
		why: "discovery asks an API server and knows nothing of declarations: its callers bring the questions and a " +
			"client that has the credentials",
	},
	{
		folder: "catalog",
		uses:   []string{"kubeapi", "discovery"},
		avoids: []string{"context", "net", "os", "time"},
		why:    "catalog gives releases as snapshots; all that it knows is embedded, and it judges nothing",
	},
	{
		folder:  "apply",
		uses:    []string{"kubeapi", "config", "discovery", "internal/endpoint", "internal/nearest"},
		modules: []string{hcl, cty},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "apply is pure: a plan depends on a declaration and a snapshot alone, never on a clock, a file or a network",
	},
	{
		folder: "inclusterauth",
		uses:   []string{"internal/endpoint", "internal/tlsfault"},
		why: "inclusterauth is for other programs too: it and what it imports need the standard library alone, and know nothing of " +
			"Kubernetes' API",
	},
	{
		folder: "internal/view/codes",
		uses:   []string{"discovery", "apply"},
		avoids: []string{"context", "io", "net", "os"},
		why:    "codes is a table of words about the codes of apply and discovery",
	},
	{
		folder: "internal/view/safe",
		avoids: []string{"context", "net", "os"},
		why:    "safe makes any text safe to print, so it knows nothing of what the texts are about",
	},
	{
		folder:  "internal/report",
		uses:    []string{"kubeapi", "config", "discovery", "apply", "internal/view/codes", "internal/view/safe"},
		modules: []string{hcl},
		avoids:  []string{"context", "io", "net", "os"},
		why:     "report holds what a run reports and its words; it decides nothing and writes nothing",
	},
	{
		folder: "internal/view/markup",
		uses:   []string{"internal/view/safe"},
		avoids: []string{"context", "io", "net", "os"},
		why:    "markup escapes texts for a format, and writes nothing",
	},
	{
		folder: "internal/view/changes",
		uses:   []string{"config", "internal/view/safe"},
		avoids: []string{"context", "net", "os"},
		why:    "changes shows what formatting changes in a source that it is given",
	},
	{
		folder:  "internal/view",
		uses:    []string{"kubeapi", "config", "discovery", "apply", "internal/report", "internal/view/codes", "internal/view/markup", "internal/view/safe"},
		modules: []string{hcl},
		avoids:  []string{"context", "net", "os"},
		why:     "a view renders a report to a writer and decides nothing; it opens no file and asks no server",
	},
	{
		folder: "internal/files",
		uses:   []string{"config", "discovery"},
		avoids: []string{"context", "net"},
		why:    "files reads and writes what the user names on the command line; what is in it is judged elsewhere",
	},
	{
		folder: "internal/place",
		uses:   []string{"config", "internal/report"},
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "place names files as a repository does; it works on names and opens nothing",
	},
	{
		folder: "internal/argv",
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "argv looks at words of a command line and at nothing else; it is a leaf",
	},
	{
		folder: "internal/foreign",
		uses:   []string{"internal/nearest", "internal/pattern"},
		avoids: []string{"context", "io", "net", "os"},
		why:    "foreign knows the words of other programs; what to do about them is decided in cli",
	},
	{
		folder:  "internal/outlet",
		uses:    []string{"config", "internal/report", "internal/view", "internal/view/safe"},
		modules: []string{"golang.org/x/term"},
		avoids:  []string{"context", "net"},
		why:     "outlet is the last step of all output; it decides neither what is written nor where",
	},
	{
		folder: "internal/run",
		uses:   []string{"config", "discovery", "apply", "catalog"},
		avoids: []string{"net", "os"},
		why:    "run decides how often a cluster is looked at; it asks through discovery, and apply judges",
	},
	{
		folder: "internal/live",
		uses:   []string{"config", "discovery", "apply", "inclusterauth", "internal/endpoint", "internal/outlet", "internal/report", "internal/run"},
		avoids: []string{"net", "os"},
		why:    "live reaches a cluster by values that its callers read from flags; it prints nothing and chooses no exit code",
	},
	{
		folder:  "internal/advice",
		uses:    []string{"discovery", "apply", "internal/endpoint", "internal/report"},
		modules: []string{hcl},
		avoids:  []string{"context", "io", "net/http", "os", "time"},
		why:     "advice chooses words by the values of a failure; it asks nothing and prints nothing",
	},
	{
		folder: "gate",
		// Its example shows how inclusterauth and gate work together.
		uses:   []string{"config", "discovery", "apply", "inclusterauth", "internal/run", "internal/view"},
		avoids: []string{"net", "os"},
		why:    "gate is a run for other programs: its callers bring the client, and it neither prints nor exits",
	},
	{
		folder: "internal/cli",
		uses: []string{
			"kubeapi", "catalog", "config", "discovery", "apply", "inclusterauth", "internal/advice", "internal/argv", "internal/files", "internal/foreign",
			"internal/live", "internal/nearest", "internal/outlet", "internal/place", "internal/report", "internal/run", "internal/stack", "internal/view",
			"internal/view/changes", "internal/view/safe",
		},
		modules: []string{hcl, cty, "github.com/spf13/cobra", "github.com/spf13/pflag"},
		why:     "cli connects the parts, and leaves to them what they can do",
	},
	{
		folder: "internal/signals",
		avoids: []string{"context", "io", "net", "time"},
		why:    "signals must initialise before nearly everything else, so it imports only what os/signal needs itself",
	},
	{
		folder: "cmd/kreconcile",
		uses:   []string{"internal/cli", "internal/live", "internal/signals"},
		lines:  40,
		why:    "a main package is a shim over internal/cli, so that tests can run everything in process",
	},
	{
		folder:   "internal/apitest",
		uses:     []string{"kubeapi", "discovery"},
		modules:  []string{jsonexp},
		testOnly: true,
		why:      "apitest is an API server for tests; it serves a snapshot and knows nothing of what is judged by it",
	},
	{
		folder:   "internal/snapshottest",
		uses:     []string{"kubeapi", "discovery", "internal/apitest"},
		modules:  []string{"github.com/google/go-cmp"},
		testOnly: true,
		why:      "snapshottest holds every source of snapshots to the same facts, and knows nothing of what is judged by them",
	},
	{
		folder:   "internal/cases",
		testOnly: true,
		why:      "cases is a command for make test: it reads the results of the other packages' tests and needs none of them",
	},
	{
		folder:   "internal/architecture",
		testOnly: true,
		why:      "architecture looks at the other packages' files and needs none of them",
	},
}

// testModules are the modules that tests may import from, whatever they test.
var testModules = []string{
	"github.com/Masterminds/semver/v3",
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
