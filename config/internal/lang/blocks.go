package lang

import "strings"

// File gives the schema of a whole file. Each call makes it anew.
func File() *Block {
	subresource, field := subresourceSchema(), fieldSchema()
	return &Block{
		Doc: "A declaration says what a piece of software requires from a Kubernetes API.",
		Blocks: []*Block{
			settingsSchema(), variableSchema(), localsSchema(), clusterSchema(),
			{
				Name: "api", Label: "apiVersion", Repeats: true,
				Doc:     "Requires that a group version is served. The label is an apiVersion, as manifests spell it.",
				Example: "api \"apps/v1\" {}",
				Attributes: append([]Attribute{
					servedSchema(),
					{Name: "preferred", Type: "bool", Doc: "Whether it is the version that the server prefers of its group, which is the one that kubectl uses by default. Left out, nothing is asserted.", Example: "true"},
					{
						Name: "available", Type: "bool", Example: "true",
						Doc: "True asks what serves the group version itself whether it answers, at the cost of one request. " +
							"An API server calls an aggregated API current for some seconds after its server has died. Left out, nothing is asked.",
					},
				}, Common()...),
				Blocks: []*Block{resourceSchema(subresource, field), kindSchema(subresource, field)},
			},
			permissionSchema(), checkSchema(),
		},
	}
}

// Values gives the schema of a variable file.
func Values() *Block {
	return &Block{Doc: "A variable file gives variables their values.", Free: true}
}

func settingsSchema() *Block {
	return &Block{
		Name: "kreconcile", Doc: "Settings of kreconcile itself.", Example: "kreconcile {\n  required_version = \">= 0.1\"\n}",
		Attributes: []Attribute{{
			Name: "required_version", Type: "string",
			Doc: "The versions of kreconcile that can read this declaration, as a constraint. It is written out, without variables.", Example: "\">= 0.1\"",
		}},
	}
}

func variableSchema() *Block {
	return &Block{
		Name: "variable", Label: "name",
		Doc:     "Declares an input of the declaration, which expressions use as var.name.",
		Example: "variable \"gateway\" {\n  type    = bool\n  default = false\n}",
		Attributes: []Attribute{
			{Name: "type", Type: "type", Default: "any", Doc: "The type that a value is converted to. Left out, a value given as text stays a string.", Example: "list(string)"},
			{Name: "default", Type: "any", Doc: "The value where none is given. Left out, a value must be given.", Example: "false"},
			{Name: "description", Type: "string", Doc: "What the variable is for.", Example: "\"Render HTTPRoutes.\""},
			{Name: "nullable", Type: "bool", Default: "true", Doc: "Whether the value may be null.", Example: "false"},
			{Name: "sensitive", Type: "bool", Default: "false", Doc: "Whether the value must never be shown. Only enabled and the condition of an assert may depend on it.", Example: "true"},
		},
		Blocks: []*Block{validationSchema()},
	}
}

func validationSchema() *Block {
	return &Block{
		Name:    "validation",
		Doc:     "A rule for the value. There may be several.",
		Example: "validation {\n  condition     = length(var.namespace) <= 63\n  error_message = \"A namespace has at most 63 characters.\"\n}",
		Attributes: []Attribute{
			{Name: "condition", Type: "bool", Required: true, Doc: "What must be true. It refers to the variable, and may refer to others and to locals.", Example: "length(var.namespace) <= 63"},
			{Name: "error_message", Type: "string", Required: true, Doc: "What is said where it is not. It cannot depend on a sensitive variable.", Example: "\"A namespace has at most 63 characters.\""},
		},
	}
}

func localsSchema() *Block {
	return &Block{
		Name: "locals", Doc: "Names values, which expressions use as local.name. The order does not matter.",
		Example: "locals {\n  verbs = [\"get\", \"list\", \"watch\"]\n}", Free: true,
	}
}

func clusterSchema() *Block {
	return &Block{
		Name: "cluster", Doc: "Requires properties of the cluster as a whole. Each attribute but the common ones is a requirement.",
		Example: "cluster {\n  kubernetes = \">= 1.30\"\n}",
		Attributes: append([]Attribute{
			{Name: "endpoint", Type: "string", Doc: "The address that the API server is reached at: https://host[:port][/path], or http:// on loopback.", Example: "\"https://10.0.1.149:443\""},
			{Name: "server_address", Type: "string or list of strings", Doc: "What GET /api publishes as the server's address, as host:port. One of a list is enough. Addresses are compared, however they are spelled.", Example: "[\"10.0.1.149:443\"]"},
			{Name: "kubernetes", Type: "string", Doc: "The versions of Kubernetes, as a constraint.", Example: "\">= 1.30, < 1.38\""},
		}, Common()...),
	}
}

func resourceSchema(inner ...*Block) *Block {
	return &Block{
		Name: "resource", Label: "name", Repeats: true,
		Doc: "Requires that the group version serves a resource. The label is its plural name, or that of a subresource, as in \"pods/log\" or " +
			"\"virtualmachines/start\", which is required by itself, whatever its resource is.",
		Example: "resource \"deployments\" {\n  verbs = [\"get\", \"create\"]\n}",
		Attributes: append([]Attribute{
			{Name: "kind", Type: "string", Doc: "The kind that the resource has.", Example: "\"Deployment\""},
		}, facetsSchema()...),
		Blocks: inner,
	}
}

func kindSchema(inner ...*Block) *Block {
	return &Block{
		Name: "kind", Label: "name", Repeats: true,
		Doc:        "Requires that the group version serves a resource of a kind, where its plural name is not known.",
		Example:    "kind \"Deployment\" {}",
		Attributes: facetsSchema(),
		Blocks:     inner,
	}
}

func subresourceSchema() *Block {
	return &Block{
		Name: "subresource", Label: "name", Repeats: true,
		Doc:     "Requires that a resource serves a subresource.",
		Example: "subresource \"scale\" {\n  kind = \"Scale\"\n}",
		Attributes: append([]Attribute{
			{Name: "kind", Type: "string", Doc: "The kind that its requests carry.", Example: "\"Scale\""},
			verbsSchema(), servedSchema(),
		}, Common()...),
	}
}

func fieldSchema() *Block {
	return &Block{
		Name: "field", Label: "path", Repeats: true,
		Doc: "Requires that the kind has a field in the schema that the server publishes. The label is the path to it from the root of the object: " +
			"names behind dots, [] for the items of an array, and .* for the values of a map. A name that has a dot in it is quoted in brackets: spec.ref[\"a.b\"].",
		Example: "field \"spec.template.spec.containers[].resources.limits.*\" {}",
		Attributes: append([]Attribute{
			{Name: "type", Type: "string", Doc: "The type of the field: \"string\", \"integer\", \"number\", \"boolean\", \"array\", \"object\" or \"int-or-string\".", Example: "\"integer\""},
			{Name: "enum", Type: "list of strings", Doc: "Strings that the schema allows as the field's value; others may be allowed too. A field of another type allows none. " +
				"It is undetermined where the schema has another rule that may reject one, such as a pattern.", Example: "[\"Always\", \"Never\"]"},
			{Name: "required", Type: "bool", Doc: "Whether the schema requires the field in what the field is in, as it does apiVersion, kind and metadata of an object. Left out, nothing is asserted.", Example: "true"},
			servedSchema(),
		}, Common()...),
	}
}

func permissionSchema() *Block {
	return &Block{
		Name: "permission", Label: "name", Repeats: true,
		Doc: "Requires that whoever asks may do something, as the server's access review answers. " +
			"Each verb for each resource, or for each path, is a requirement of its own.",
		Example: "permission \"deploy\" {\n  verbs     = [\"create\", \"patch\"]\n  resources = [\"deployments.apps\", \"pods/log\"]\n  namespace = \"shop\"\n}",
		Attributes: append([]Attribute{
			{
				Name: "verbs", Type: "list of strings", Required: true, Example: "[\"get\", \"list\"]",
				Doc: "What may be done: the verbs of the API, those that only access control knows, such as \"impersonate\", or \"*\" for every verb. " +
					"For paths: \"get\", \"head\", \"post\", \"put\", \"patch\", \"delete\", \"options\" or \"*\".",
			},
			{
				Name: "resources", Type: "list of strings", Example: "[\"deployments.apps/scale\"]",
				Doc: "The resources, as plural names with their group and without a version: \"pods\", \"pods/log\", \"deployments.apps\", \"deployments.apps/scale\". " +
					"\"*\" is every resource of the core group, \"*.apps\" every one of a group, and \"*.*\" every one of all groups; " +
					"they are allowed where a rule itself says \"*\".",
			},
			{
				Name: "namespace", Type: "string", Example: "\"shop\"",
				Doc: "The namespace of namespaced resources, or \"*\" for all namespaces at once. Left out, it is the one that kreconcile's Pod runs in. " +
					"It must not be set for resources that live in no namespace.",
			},
			{Name: "name", Type: "string", Doc: "The name of the one object that is meant. Left out, it is any object.", Example: "\"web\""},
			{
				Name: "virtual", Type: "bool", Default: "false", Example: "true",
				Doc: "True means that only access control knows the resources, so that they are asked about whether an API serves them or not. " +
					"Well-known names of this kind, such as \"deployments.apps/finalizers\" or \"signers.certificates.k8s.io\", do not need it.",
			},
			{
				Name: "non_resource_urls", Type: "list of strings", Example: "[\"/metrics\", \"/healthz/*\"]",
				Doc: "Paths of the server that are no resources, in place of resources. A \"*\" at the end is everything below. " +
					"A path below /api/ or /apis/ that names a resource, such as \"/api/v1/pods\", is an error, because a request for it is allowed as one for the resource.",
			},
		}, Common()...),
	}
}

func checkSchema() *Block {
	const example = "assert {\n  condition     = served(\"networking.k8s.io/v1\", \"ingresses\") || kubernetes(\">= 1.30\")\n" +
		"  error_message = \"Ingress is not served by ${live.git_version}.\"\n}"
	return &Block{
		Name: "check", Label: "name", Repeats: true,
		Doc:        "Requires that conditions hold, for what no other block can say. The common attributes are those of each assert that does not set its own.",
		Example:    "check \"routing\" {\n  " + strings.ReplaceAll(example, "\n", "\n  ") + "\n}",
		Attributes: Common(),
		Blocks: []*Block{{
			Name: "assert", Repeats: true, Doc: "Requires that one condition holds.", Example: example,
			Attributes: append([]Attribute{
				{
					Name: "condition", Type: "bool", Required: true, Example: "served(\"policy/v1\") && !kubernetes(\"< 1.30\")",
					Doc: "What must be true. Beside var, local and pod, it may use what is known only from the cluster: " +
						"live.version, live.git_version, live.emulation_version, live.platform, kubernetes(constraint), served(api), served(api, resource), served(api, kind(name)), " +
						"allowed(verb, resource) and allowed(verb, resource, namespace).",
				},
				{
					Name: "error_message", Type: "string", Required: true, Example: "\"A PodDisruptionBudget is needed.\"",
					Doc: "What is printed where it is not true, as a whole sentence. It may use what the condition may, but nothing sensitive.",
				},
			}, Common()...),
		}},
	}
}

// Dynamic is the type of the block that makes others. Beside its attributes,
// it has a content block, whose body is one of the block that it makes.
const Dynamic = "dynamic"

// DynamicBlock describes a dynamic block that makes blocks of one type.
func DynamicBlock(made *Block) *Block {
	dynamic := &Block{
		Name: Dynamic, Label: "type",
		Doc:     "Makes a block of the type that its label names for each element of a collection. It can be wherever a repeatable block can.",
		Example: "dynamic \"api\" {\n  for_each = [\"v1\", \"apps/v1\"]\n  labels   = [api.value]\n  content {}\n}",
		Attributes: []Attribute{
			{Name: "for_each", Type: "list, set, map or object", Required: true, Doc: "The collection. A block is made for each of its elements, and none where it is empty.", Example: "var.crds"},
			{Name: "iterator", Type: "name", Default: "the label", Doc: "The name of the element in labels and content: name.key and name.value.", Example: "crd"},
		},
		Blocks: []*Block{{
			Name: "content", Doc: "The body of each block that is made.", Example: "content {\n  scope = \"Namespaced\"\n}",
			Attributes: made.Attributes, Blocks: made.Blocks,
		}},
	}
	if made.Label != "" {
		dynamic.Attributes = append(dynamic.Attributes, Attribute{
			Name: "labels", Type: "list of strings", Doc: "The label of the block that is made.", Example: "[crd.value.plural]",
		})
	}
	return dynamic
}

func facetsSchema() []Attribute {
	return append([]Attribute{
		{Name: "scope", Type: "string", Doc: "Where its objects live: \"Cluster\" or \"Namespaced\".", Example: "\"Namespaced\""},
		verbsSchema(),
		{Name: "subresources", Type: "list of strings", Doc: "Subresources that are served. Each is a requirement of its own.", Example: "[\"status\", \"scale\"]"},
		servedSchema(),
	}, Common()...)
}

func verbsSchema() Attribute {
	return Attribute{Name: "verbs", Type: "list of strings", Doc: "Verbs that are served; others may be served too.", Example: "[\"get\", \"list\", \"watch\"]"}
}

func servedSchema() Attribute {
	return Attribute{Name: "served", Type: "bool", Default: "true", Doc: "False means that it must not be served. Nothing else may be required of it then.", Example: "false"}
}

// Common describes the attributes of every requirement.
func Common() []Attribute {
	return []Attribute{
		{Name: "enabled", Type: "bool", Default: "true", Doc: "False skips the requirement and what is nested in it.", Example: "var.gateway"},
		{Name: "severity", Type: "string", Default: "\"error\"", Doc: "What it means that it does not hold: \"error\" or \"warning\". What is nested inherits it.", Example: "\"warning\""},
		{Name: "reason", Type: "string", Doc: "Why it is required. It is printed with the finding.", Example: "\"templates/httproute.yaml\""},
		{Name: "remedy", Type: "string", Doc: "What to do where it does not hold. It is printed with the finding.", Example: "\"Install the Gateway API CRDs.\""},
	}
}
