package architecture_test

import "slices"

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
var rules = slices.Concat(configRules, discoveryRules, []rule{
	{
		folder: "catalog",
		uses:   []string{"kubeapi", "discovery"},
		avoids: []string{"context", "net", "os", "time"},
		why:    "catalog gives releases as snapshots; all that it knows is embedded, and it judges nothing",
	},
	{
		folder:  "manifest/internal/yaml",
		modules: []string{jsonexp},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "yaml reads the text of a document, and does not know what it is about; it is a leaf",
	},
	{
		folder:  "manifest",
		uses:    []string{"kubeapi", "discovery", "catalog", "manifest/internal/yaml"},
		modules: []string{jsonexp},
		avoids:  []string{"context", "net", "os", "time"},
		why:     "manifest reads from a reader, and its callers choose the file; it judges nothing",
	},
	{
		folder: "internal/explain",
		uses:   []string{"kubeapi", "discovery", "catalog", "internal/nearest"},
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "explain is pure: an answer depends on a question and the catalogue alone; only its tests ask through discovery",
	},
	{
		folder: "apply",
		// The catalogue has a table of what Kubernetes has deprecated, which is a constant.
		uses:    []string{"kubeapi", "catalog", "config", "discovery", "internal/endpoint", "internal/nearest"},
		modules: []string{hcl, cty},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "apply is pure: a plan depends on a declaration and a snapshot alone, never on a clock, a file or a network",
	},
	{
		folder: "internal/run",
		uses:   []string{"kubeapi", "config", "discovery", "apply", "catalog", "manifest"},
		avoids: []string{"net", "os"},
		why:    "run decides how often a cluster is looked at; it asks through discovery, and apply judges",
	},
	{
		folder: "internal/support",
		// Its tests judge releases through internal/run.
		uses:   []string{"kubeapi", "internal/ranges", "config", "discovery", "catalog", "apply", "internal/run"},
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "support sums up plans of releases; it judges nothing, reads no chart and prints nothing",
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
		folder: "internal/compare",
		uses:   []string{"kubeapi", "discovery"},
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "compare is pure: the same two snapshots always differ in the same way, whoever recorded them",
	},
	{
		folder: "internal/generate",
		uses:   []string{"kubeapi", "catalog", "config", "discovery", "apply", "manifest", "internal/view/safe"},
		avoids: []string{"context", "net", "os", "time"},
		why:    "generate is pure: a declaration depends on manifests and the catalogue alone; its callers choose the files",
	},
	{
		folder:  "internal/report",
		uses:    []string{"kubeapi", "config", "discovery", "apply", "internal/compare", "internal/support", "internal/view/codes", "internal/view/safe"},
		modules: []string{hcl},
		avoids:  []string{"context", "io", "net", "os"},
		why:     "report holds what a run reports and its words; it decides nothing and writes nothing",
	},
	{
		folder:  "internal/files",
		uses:    []string{"config", "discovery", "manifest", "internal/report", "internal/support"},
		modules: []string{hcl},
		avoids:  []string{"context", "net"},
		why:     "files reads and writes what the user names on the command line; what is in it is judged elsewhere",
	},
	{
		folder:  "internal/suite",
		uses:    []string{"kubeapi", "catalog", "config", "apply", "manifest", "internal/nearest", "internal/files", "internal/report", "internal/run"},
		modules: []string{hcl},
		avoids:  []string{"context", "net", "os", "time"},
		why:     "suite judges test files by releases and snapshots; it asks no cluster, prints nothing and chooses no exit code",
	},
	{
		folder: "internal/view/markup",
		uses:   []string{"internal/view/safe"},
		avoids: []string{"context", "io", "net", "os"},
		why:    "markup escapes texts for a format, and writes nothing",
	},
	{
		folder:  "internal/view/console",
		uses:    []string{"config", "apply", "internal/report", "internal/view/safe"},
		modules: []string{hcl},
		avoids:  []string{"context", "net", "os"},
		why:     "console has what texts for people share, and knows no command",
	},
	{
		folder:  "internal/view/document",
		uses:    []string{"kubeapi", "config", "discovery", "apply", "internal/report", "internal/view/safe"},
		modules: []string{hcl},
		avoids:  []string{"context", "net", "os"},
		why:     "document has what JSON documents share, and knows no command",
	},
	{
		folder:  "internal/view/result",
		uses:    []string{"kubeapi", "apply", "internal/report", "internal/view/document"},
		modules: []string{hcl, jsonexp},
		avoids:  []string{"context", "net", "os"},
		why:     "result writes and reads the document of plan and apply, and judges nothing",
	},
	{
		folder:  "internal/merge",
		uses:    []string{"config", "apply", "internal/files", "internal/report", "internal/view/result"},
		modules: []string{hcl},
		avoids:  []string{"context", "net", "os"},
		why:     "merge joins results, and judges and writes nothing",
	},
	{
		folder: "internal/view/comparison",
		uses: []string{
			"kubeapi", "discovery", "internal/compare", "internal/report", "internal/view/console", "internal/view/document", "internal/view/markup",
		},
		avoids: []string{"context", "net", "os"},
		why:    "comparison writes how two snapshots differ to a writer, and compares nothing",
	},
	{
		folder: "internal/view/releaserange",
		uses: []string{
			"config", "apply", "internal/report", "internal/support", "internal/view/console", "internal/view/document", "internal/view/safe",
		},
		avoids: []string{"context", "net", "os"},
		why:    "releaserange writes which releases satisfy a declaration to a writer, and judges nothing",
	},
	{
		folder: "internal/view/explanation",
		uses:   []string{"kubeapi", "catalog", "internal/explain", "internal/view/safe"},
		avoids: []string{"context", "net", "os"},
		why:    "explanation writes an answer to a writer, and computes nothing; its tests build answers with catalog's types",
	},
	{
		folder: "internal/view/changes",
		uses:   []string{"config", "internal/view/safe"},
		avoids: []string{"context", "net", "os"},
		why:    "changes shows what formatting changes in a source that it is given",
	},
	{
		folder: "internal/view/page",
		uses:   []string{"apply", "internal/report", "internal/view/codes", "internal/view/markup", "internal/view/safe"},
		avoids: []string{"context", "net", "os"},
		why:    "page writes a report as HTML to a writer, and decides nothing",
	},
	{
		folder: "internal/view",
		uses: []string{
			"kubeapi", "config", "discovery", "apply", "internal/explain", "internal/report", "internal/view/codes", "internal/view/comparison", "internal/view/console",
			"internal/view/document", "internal/view/explanation", "internal/view/markup", "internal/view/page", "internal/view/releaserange", "internal/view/result", "internal/view/safe",
		},
		modules: []string{hcl},
		avoids:  []string{"context", "net", "os"},
		why:     "a view renders a report to a writer and decides nothing; it opens no file and asks no server",
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
		folder:  "internal/usage",
		uses:    []string{"internal/foreign", "internal/nearest", "internal/report"},
		modules: []string{hcl, "github.com/spf13/cobra", "github.com/spf13/pflag"},
		avoids:  []string{"context", "io", "net", "os", "time"},
		why:     "usage says what is wrong with a command line; it looks at words and at the tree of commands alone",
	},
	{
		folder:  "internal/outlet",
		uses:    []string{"config", "internal/report", "internal/view", "internal/view/safe"},
		modules: []string{"golang.org/x/term"},
		avoids:  []string{"context", "net"},
		why:     "outlet is the last step of all output; it decides neither what is written nor where",
	},
	{
		folder: "internal/live",
		uses:   []string{"config", "discovery", "apply", "inclusterauth", "internal/endpoint", "internal/outlet", "internal/report", "internal/run"},
		avoids: []string{"net", "os"},
		why:    "live reaches a cluster by values that its callers read from flags; it prints nothing and chooses no exit code",
	},
	{
		folder: "internal/flags",
		uses: []string{
			"kubeapi", "catalog", "config", "apply", "inclusterauth", "internal/live", "internal/nearest", "internal/outlet", "internal/place", "internal/report",
			"internal/run", "internal/usage", "internal/view",
		},
		modules: []string{hcl, "github.com/spf13/pflag"},
		avoids:  []string{"context", "io", "net"},
		why:     "flags says what flags are called and which values they take; the commands do what they ask for",
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
		folder:  "internal/target",
		uses:    []string{"catalog", "discovery", "manifest", "internal/advice", "internal/compare", "internal/files", "internal/report"},
		modules: []string{hcl},
		avoids:  []string{"context", "net", "time"},
		why:     "target reads releases and files, and asks no server: package live reaches those",
	},
	{
		folder: "internal/cli",
		uses: []string{
			"kubeapi", "catalog", "config", "discovery", "apply", "manifest", "inclusterauth", "internal/advice", "internal/argv", "internal/compare", "internal/explain", "internal/files", "internal/flags", "internal/generate",
			"internal/live", "internal/merge", "internal/outlet", "internal/parallel", "internal/report", "internal/run", "internal/stack", "internal/suite", "internal/support", "internal/target", "internal/usage", "internal/view",
			"internal/view/changes", "internal/view/console", "internal/view/safe",
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
})

// testModules are the modules that tests may import from, whatever they test.
var testModules = []string{
	"github.com/Masterminds/semver/v3",
	"github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal",
	"go.uber.org/goleak",
	"go.yaml.in/yaml/v2",
	"golang.org/x/net/html",
}
