package architecture_test

// configRules are the rules of config and of what is below it.
var configRules = []rule{
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
		folder: "internal/parallel",
		uses:   []string{"internal/stack"},
		avoids: []string{"context", "io", "net", "os", "time"},
		why:    "parallel runs functions at once, and does not know what they do",
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
}
