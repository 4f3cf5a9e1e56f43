package lang

// File gives the schema of a whole file. Each call makes it anew.
func File() *Block {
	verbs := Attribute{Name: "verbs", Type: "list of strings", Doc: "Verbs that must be served.", Example: "[\"get\", \"list\", \"watch\"]"}
	served := Attribute{Name: "served", Type: "bool", Default: "true", Doc: "False means that it must not be served, and excludes all else about it.", Example: "false"}
	facets := []Attribute{
		{Name: "scope", Type: "string", Doc: "\"Cluster\" or \"Namespaced\".", Example: "\"Namespaced\""},
		verbs,
		{Name: "subresources", Type: "list of strings", Doc: "Subresources that must be served, each a requirement.", Example: "[\"status\", \"scale\"]"},
		served,
	}
	subresource := requirement("subresource", "name", "Requires that a resource serves a subresource.",
		"subresource \"scale\" {\n  kind = \"Scale\"\n}", []Attribute{
			{Name: "kind", Type: "string", Doc: "The kind in its requests.", Example: "\"Scale\""},
			verbs, served,
		})
	field := requirement("field", "path", "Requires that the published schema of the kind has a field. The label is the path from the root of the object. "+
		"It has [] for the items of an array, .* for the values of a map, and [\"a.b\"] for a name with characters other than letters, digits, _, - and $.",
		"field \"spec.strategy.type\" {\n  type = \"string\"\n  enum = [\"RollingUpdate\"]\n}", []Attribute{
			{Name: "type", Type: "string", Doc: "The type: \"string\", \"integer\", \"number\", \"boolean\", \"array\", \"object\" or \"int-or-string\".", Example: "\"integer\""},
			{Name: "enum", Type: "list of strings", Doc: "Strings that the schema must allow as the value.", Example: "[\"Always\", \"Never\"]"},
			{Name: "required", Type: "bool", Doc: "Whether the object that holds the field must have it.", Example: "true"},
			served,
		})
	resource := requirement("resource", "name", "Requires that the group version serves a resource. The label is its plural name, or a subresource, such as \"pods/log\".",
		"resource \"deployments\" {\n  kind  = \"Deployment\"\n  scope = \"Namespaced\"\n  verbs = [\"get\", \"create\"]\n\n"+
			"  subresource \"scale\" {\n    kind = \"Scale\"\n  }\n}", append([]Attribute{
			{Name: "kind", Type: "string", Doc: "The kind of the resource.", Example: "\"Deployment\""},
		}, facets...), subresource, field)
	kind := requirement("kind", "name", "Requires that the group version serves a resource of this kind. Use it if you do not know the plural name.",
		"kind \"Deployment\" {\n  subresources = [\"scale\"]\n}", facets, subresource, field)
	api := requirement("api", "apiVersion", "Requires that a group version is served. The label is an apiVersion, as in manifests.",
		"api \"apps/v1\" {\n  preferred = true\n}", []Attribute{
			served,
			{Name: "preferred", Type: "bool", Doc: "Whether the server prefers this version of the group, which kubectl then uses by default.", Example: "true"},
			{Name: "available", Type: "bool", Example: "true", Doc: "True also asks the server of this group version: an aggregated API is listed for some seconds after its server has died."},
		}, resource, kind)
	permission := requirement("permission", "name", "Requires that the identity that asks may do something.",
		"permission \"deploy\" {\n  verbs     = [\"create\", \"patch\"]\n  resources = [\"deployments.apps\", \"pods/log\"]\n  namespace = \"shop\"\n}", []Attribute{
			{Name: "verbs", Type: "list of strings", Required: true, Example: "[\"get\", \"list\"]", Doc: "Verbs of the API, or of access control, such as \"impersonate\", or \"*\" for all. For paths: \"get\", \"head\", \"post\", \"put\", \"patch\", \"delete\", \"options\" or \"*\"."},
			{Name: "resources", Type: "list of strings", Example: "[\"deployments.apps/scale\"]", Doc: "Plural names with their group: \"pods\", \"pods/log\", \"deployments.apps/scale\". \"*\" is every resource of the core group, \"*.apps\" of one group, \"*.*\" of all groups."},
			{Name: "namespace", Type: "string", Example: "\"shop\"", Doc: "The namespace, or \"*\" for all at once. The default is pod.namespace."},
			{Name: "name", Type: "string", Doc: "The name of one object.", Example: "\"web\""},
			{Name: "virtual", Type: "bool", Default: "false", Example: "true", Doc: "True means that no API serves the resources: only access control knows them."},
			{Name: "non_resource_urls", Type: "list of strings", Example: "[\"/metrics\", \"/healthz/*\"]", Doc: "Paths of the server, in place of resources. A \"*\" at the end is everything below. A path of a resource, such as \"/api/v1/pods\", is an error."},
		})
	assert := requirement("assert", "", "Requires that a condition is true.",
		"assert {\n  condition     = allowed(\"create\", \"pods/exec\")\n  error_message = \"The job runs commands in Pods.\"\n}", []Attribute{
			{Name: "condition", Type: "bool", Required: true, Example: "served(\"policy/v1\") && !kubernetes(\"< 1.30\")", Doc: "What must be true."},
			{Name: "error_message", Type: "string", Required: true, Example: "\"A PodDisruptionBudget is needed.\"", Doc: "The message if it is false, as a whole sentence. It may use what the condition uses, but nothing sensitive."},
		})
	check := requirement("check", "name", "Requires conditions that no other block can express. Its attributes are the defaults of its asserts.",
		"check \"routing\" {\n  assert {\n    condition     = served(\"networking.k8s.io/v1\", \"ingresses\") || kubernetes(\">= 1.30\")\n"+
			"    error_message = \"Ingress is not served by ${live.git_version}.\"\n  }\n}", nil, assert)
	cluster := requirement("cluster", "", "Requires properties of the whole cluster.",
		"cluster {\n  kubernetes = \">= 1.30\"\n}", []Attribute{
			{Name: "endpoint", Type: "string", Doc: "The address of the API server: https://host[:port][/path], or http:// on loopback.", Example: "\"https://10.0.1.149:443\""},
			{Name: "server_address", Type: "string or list of strings", Doc: "The address that GET /api publishes, as host:port. One of a list is enough.", Example: "[\"10.0.1.149:443\"]"},
			{Name: "kubernetes", Type: "string", Doc: "The allowed versions of Kubernetes, as a constraint.", Example: "\">= 1.30, < 1.38\""},
		})
	cluster.Repeats = false
	validation := &Block{Name: "validation", Doc: "Checks the value. There may be several.",
		Example: "validation {\n  condition     = length(var.namespace) <= 63\n  error_message = \"A namespace has at most 63 characters.\"\n}", Attributes: []Attribute{
			{Name: "condition", Type: "bool", Required: true, Doc: "What must be true. It must use the variable, and may use others, locals and pod.namespace.", Example: "length(var.namespace) <= 63"},
			{Name: "error_message", Type: "string", Required: true, Doc: "The message if it is false. It must not use a sensitive variable.", Example: "\"A namespace has at most 63 characters.\""},
		}}
	return &Block{
		Doc: "A declaration says what a piece of software requires from a Kubernetes API.",
		Blocks: []*Block{
			{Name: "kreconcile", Doc: "Settings of kreconcile itself.", Example: "kreconcile {\n  required_version = \">= 0.1\"\n}", Attributes: []Attribute{
				{Name: "required_version", Type: "string", Doc: "The versions of kreconcile that can read this declaration, without variables. A build without a release tag only warns.", Example: "\">= 0.1\""},
			}},
			{Name: "variable", Label: "name", Doc: "Declares an input. Expressions use it as var.name.", Example: "variable \"gateway\" {\n  type    = bool\n  default = false\n}", Attributes: []Attribute{
				{Name: "type", Type: "type", Default: "any", Doc: "The type of the value. Without it, a value given as text is a string.", Example: "list(string)"},
				{Name: "default", Type: "any", Doc: "The value if none is given. Without it, a value is required.", Example: "false"},
				{Name: "description", Type: "string", Doc: "What the variable is for.", Example: "\"Render HTTPRoutes.\""},
				{Name: "nullable", Type: "bool", Default: "true", Doc: "Whether the value may be null. If not, null means the default.", Example: "false"},
				{Name: "sensitive", Type: "bool", Default: "false", Doc: "True means that the value is never shown. Only enabled and conditions of asserts may use it.", Example: "true"},
			}, Blocks: []*Block{validation}},
			{Name: "locals", Doc: "Names values. Expressions use them as local.name, in any order.", Example: "locals {\n  verbs = [\"get\", \"list\", \"watch\"]\n}", Free: true},
			cluster, api, permission, check,
		},
	}
}

// requirement describes a block that requires something. A dynamic block can make it.
func requirement(name, label, doc, example string, own []Attribute, inner ...*Block) *Block {
	return &Block{Name: name, Label: label, Doc: doc, Example: example, Attributes: append(own, Common()...), Blocks: inner, Repeats: true}
}

// Values gives the schema of a variable file.
func Values() *Block { return &Block{Doc: "A variable file gives variables their values.", Free: true} }

// Dynamic is the type of the block that makes others. Beside its attributes,
// it has a content block, whose body is one of the block that it makes.
const Dynamic = "dynamic"

// DynamicBlock describes a dynamic block that makes blocks of one type.
func DynamicBlock(made *Block) *Block {
	dynamic := &Block{
		Name: Dynamic, Label: "type", Doc: "Makes a block of the type that its label names for each element of a collection. It can be wherever a repeatable block can.",
		Example: "dynamic \"api\" {\n  for_each = [\"v1\", \"apps/v1\"]\n  labels   = [api.value]\n  content {}\n}",
		Attributes: []Attribute{
			{Name: "for_each", Type: "list, set, map or object", Required: true, Doc: "The collection. A block is made for each of its elements, and none where it is empty.", Example: "var.crds"},
			{Name: "iterator", Type: "name", Default: "the label", Doc: "The name of the element in labels and content: name.key and name.value.", Example: "crd"},
		},
		Blocks: []*Block{{Name: "content", Doc: "The body of each block that is made.", Example: "content {\n  scope = \"Namespaced\"\n}",
			Attributes: made.Attributes, Blocks: made.Blocks}},
	}
	if made.Label != "" {
		labels := Attribute{Name: "labels", Type: "list of strings", Doc: "The label of the block that is made.", Example: "[crd.value.plural]"}
		dynamic.Attributes = append(dynamic.Attributes, labels)
	}
	return dynamic
}

// Common describes the attributes of every requirement.
func Common() []Attribute {
	return []Attribute{
		{Name: "enabled", Type: "bool", Default: "true", Doc: "False skips the requirement, with all that is inside.", Example: "var.gateway"},
		{Name: "severity", Type: "string", Default: "\"error\"", Doc: "\"error\" or \"warning\". A warning does not change the verdict. Blocks inside inherit it.", Example: "\"warning\""},
		{Name: "reason", Type: "string", Doc: "Why it is required, for the report.", Example: "\"templates/httproute.yaml\""},
		{Name: "remedy", Type: "string", Doc: "What to do if it is not met, for the report.", Example: "\"Install the Gateway API CRDs.\""},
	}
}
