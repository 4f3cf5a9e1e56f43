package architecture_test

// discoveryRules are the rules of discovery and of what is below it.
var discoveryRules = []rule{
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
			"discovery/internal/openapi", "discovery/internal/record", "internal/parallel",
		},
		why: "discovery asks an API server and knows nothing of declarations: its callers bring the questions and a " +
			"client that has the credentials",
	},
}
