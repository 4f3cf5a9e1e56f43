package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// blockSchema describes one type of block. The tables below are the only place
// that says which blocks and attributes the language has: decoding takes its
// hcl schema from them, and documentation can be generated from them.
type blockSchema struct {
	name string
	// label says what the block's label names; it is empty where the block has
	// no label.
	label      string
	doc        string
	example    string
	attributes []attributeSchema
	blocks     []*blockSchema
	// free means that the block's attributes have names of the author's choice.
	free bool
	// repeats means that a dynamic block can make it.
	repeats bool
}

// attributeSchema describes one attribute.
type attributeSchema struct {
	name     string
	typ      string
	fallback string
	doc      string
	example  string
	required bool
}

// body gives the schema that hcl decodes a block's content by.
func (b *blockSchema) body() *hcl.BodySchema {
	schema := &hcl.BodySchema{}
	for _, a := range b.attributes {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: a.name, Required: a.required})
	}
	for _, inner := range b.blocks {
		header := hcl.BlockHeaderSchema{Type: inner.name}
		if inner.label != "" {
			header.LabelNames = []string{inner.label}
		}
		schema.Blocks = append(schema.Blocks, header)
	}
	if len(b.repeatable()) > 0 {
		schema.Blocks = append(schema.Blocks, hcl.BlockHeaderSchema{Type: dynamicType, LabelNames: []string{"type"}})
	}
	return schema
}

// block gives the schema of an inner block, or nil.
func (b *blockSchema) block(name string) *blockSchema {
	for _, inner := range b.blocks {
		if inner.name == name {
			return inner
		}
	}
	return nil
}

// repeatable lists the inner blocks that a dynamic block can make.
func (b *blockSchema) repeatable() []string {
	var names []string
	for _, inner := range b.blocks {
		if inner.repeats {
			names = append(names, inner.name)
		}
	}
	return names
}

// language is the schema of a whole file.
func language() *blockSchema {
	subresource, field := subresourceSchema(), fieldSchema()
	return &blockSchema{
		doc: "A declaration says what a piece of software requires from a Kubernetes API.",
		blocks: []*blockSchema{
			settingsSchema(), variableSchema(), localsSchema(), clusterSchema(),
			{
				name: "api", label: "apiVersion", repeats: true,
				doc:     "Requires that a group version is served. The label is an apiVersion, as in manifests.",
				example: "api \"apps/v1\" {\n  preferred = true\n}",
				attributes: append([]attributeSchema{
					servedSchema(),
					{name: "preferred", typ: "bool", doc: "Whether the server prefers this version of the group. kubectl uses that version by default.", example: "true"},
					{
						name: "available", typ: "bool", example: "true",
						doc: "True also sends one request to the server of this group version. An API server lists an aggregated API for some seconds after the API's own server has died.",
					},
				}, commonSchema()...),
				blocks: []*blockSchema{resourceSchema(subresource, field), kindSchema(subresource, field)},
			},
			permissionSchema(), checkSchema(),
		},
	}
}

// valuesLanguage is the schema of a variable file.
func valuesLanguage() *blockSchema {
	return &blockSchema{doc: "A variable file gives variables their values.", free: true}
}

func settingsSchema() *blockSchema {
	return &blockSchema{
		name: "kreconcile", doc: "Settings of kreconcile itself.", example: "kreconcile {\n  required_version = \">= 0.1\"\n}",
		attributes: []attributeSchema{{
			name: "required_version", typ: "string",
			doc: "The versions of kreconcile that can read this declaration, as a constraint without variables.", example: "\">= 0.1\"",
		}},
	}
}

func variableSchema() *blockSchema {
	return &blockSchema{
		name: "variable", label: "name",
		doc:     "Declares an input. Expressions use it as var.name.",
		example: "variable \"gateway\" {\n  type    = bool\n  default = false\n}",
		attributes: []attributeSchema{
			{name: "type", typ: "type", fallback: "any", doc: "The type of the value. Without it, a value that is given as text stays a string.", example: "list(string)"},
			{name: "default", typ: "any", doc: "The value if none is given. Without it, a value is required.", example: "false"},
			{name: "description", typ: "string", doc: "What the variable is for.", example: "\"Render HTTPRoutes.\""},
			{name: "nullable", typ: "bool", fallback: "true", doc: "Whether the value may be null. If not, null means the default.", example: "false"},
			{name: "sensitive", typ: "bool", fallback: "false", doc: "True means that the value is never shown. Only enabled and the condition of an assert may use it.", example: "true"},
		},
		blocks: []*blockSchema{validationSchema()},
	}
}

func validationSchema() *blockSchema {
	return &blockSchema{
		name:    "validation",
		doc:     "Checks the value. There may be several.",
		example: "validation {\n  condition     = length(var.namespace) <= 63\n  error_message = \"A namespace has at most 63 characters.\"\n}",
		attributes: []attributeSchema{
			{name: "condition", typ: "bool", required: true, doc: "What must be true. It must refer to the variable, and may refer to others, to locals and to pod.namespace.", example: "length(var.namespace) <= 63"},
			{name: "error_message", typ: "string", required: true, doc: "The message if it is false. It must not use a sensitive variable.", example: "\"A namespace has at most 63 characters.\""},
		},
	}
}

func localsSchema() *blockSchema {
	return &blockSchema{
		name: "locals", doc: "Names values. Expressions use them as local.name, in any order.",
		example: "locals {\n  verbs = [\"get\", \"list\", \"watch\"]\n}", free: true,
	}
}

func clusterSchema() *blockSchema {
	return &blockSchema{
		name: "cluster", doc: "Requires properties of the whole cluster. Each attribute, except the common ones, is a requirement.",
		example: "cluster {\n  kubernetes = \">= 1.30\"\n}",
		attributes: append([]attributeSchema{
			{name: "endpoint", typ: "string", doc: "The address of the API server: https://host[:port][/path], or http:// on loopback.", example: "\"https://10.0.1.149:443\""},
			{name: "server_address", typ: "string or list of strings", doc: "The address that GET /api publishes, as host:port. One of a list is enough. Two spellings of one address are equal.", example: "[\"10.0.1.149:443\"]"},
			{name: "kubernetes", typ: "string", doc: "The allowed versions of Kubernetes, as a constraint.", example: "\">= 1.30, < 1.38\""},
		}, commonSchema()...),
	}
}

func resourceSchema(inner ...*blockSchema) *blockSchema {
	return &blockSchema{
		name: "resource", label: "name", repeats: true,
		doc: "Requires that the group version serves a resource. The label is its plural name, or the name of a subresource, such as \"pods/log\".",
		example: "resource \"deployments\" {\n  kind  = \"Deployment\"\n  scope = \"Namespaced\"\n  verbs = [\"get\", \"create\"]\n\n" +
			"  subresource \"scale\" {\n    kind = \"Scale\"\n  }\n}",
		attributes: append([]attributeSchema{
			{name: "kind", typ: "string", doc: "The kind of the resource.", example: "\"Deployment\""},
		}, facetsSchema()...),
		blocks: inner,
	}
}

func kindSchema(inner ...*blockSchema) *blockSchema {
	return &blockSchema{
		name: "kind", label: "name", repeats: true,
		doc:        "Requires that the group version serves a resource of this kind. Use it if you do not know the plural name.",
		example:    "kind \"Deployment\" {\n  subresources = [\"scale\"]\n}",
		attributes: facetsSchema(),
		blocks:     inner,
	}
}

func subresourceSchema() *blockSchema {
	return &blockSchema{
		name: "subresource", label: "name", repeats: true,
		doc:     "Requires that a resource serves a subresource.",
		example: "subresource \"scale\" {\n  kind = \"Scale\"\n}",
		attributes: append([]attributeSchema{
			{name: "kind", typ: "string", doc: "The kind in its requests.", example: "\"Scale\""},
			verbsSchema(), servedSchema(),
		}, commonSchema()...),
	}
}

func fieldSchema() *blockSchema {
	return &blockSchema{
		name: "field", label: "path", repeats: true,
		doc: "Requires that the published schema of the kind has a field. The label is the path from the root of the object, " +
			"with [] for the items of an array, .* for the values of a map, and [\"a.b\"] for a name with a dot.",
		example: "field \"spec.strategy.type\" {\n  type = \"string\"\n  enum = [\"RollingUpdate\"]\n}",
		attributes: append([]attributeSchema{
			{name: "type", typ: "string", doc: "The type: \"string\", \"integer\", \"number\", \"boolean\", \"array\", \"object\" or \"int-or-string\".", example: "\"integer\""},
			{name: "enum", typ: "list of strings", doc: "Strings that the schema must allow as the value. It may allow others.", example: "[\"Always\", \"Never\"]"},
			{name: "required", typ: "bool", doc: "Whether the schema requires the field in the object that holds it.", example: "true"},
			servedSchema(),
		}, commonSchema()...),
	}
}

func permissionSchema() *blockSchema {
	return &blockSchema{
		name: "permission", label: "name", repeats: true,
		doc:     "Requires that the identity that asks may do something. Each verb for each resource or path is a requirement.",
		example: "permission \"deploy\" {\n  verbs     = [\"create\", \"patch\"]\n  resources = [\"deployments.apps\", \"pods/log\"]\n  namespace = \"shop\"\n}",
		attributes: append([]attributeSchema{
			{
				name: "verbs", typ: "list of strings", required: true, example: "[\"get\", \"list\"]",
				doc: "Verbs of the API, verbs that only access control knows, such as \"impersonate\", or \"*\" for every verb. " +
					"For paths: \"get\", \"head\", \"post\", \"put\", \"patch\", \"delete\", \"options\" or \"*\".",
			},
			{
				name: "resources", typ: "list of strings", example: "[\"deployments.apps/scale\"]",
				doc: "Plural names with their group and without a version: \"pods\", \"pods/log\", \"deployments.apps/scale\". " +
					"\"*\" is every resource of the core group, \"*.apps\" of one group, and \"*.*\" of all groups.",
			},
			{
				name: "namespace", typ: "string", example: "\"shop\"",
				doc: "The namespace, or \"*\" for all namespaces at once. Without it, the namespace of kreconcile's Pod, or of --namespace. " +
					"Do not set it for resources that are in no namespace.",
			},
			{name: "name", typ: "string", doc: "The name of one object. Without it, any object.", example: "\"web\""},
			{
				name: "virtual", typ: "bool", fallback: "false", example: "true",
				doc: "True means that only access control knows the resources, so that no API has to serve them.",
			},
			{
				name: "non_resource_urls", typ: "list of strings", example: "[\"/metrics\", \"/healthz/*\"]",
				doc: "Paths of the server, in place of resources. A \"*\" at the end is everything below the path. A path of a resource, such as \"/api/v1/pods\", is an error.",
			},
		}, commonSchema()...),
	}
}

func checkSchema() *blockSchema {
	const example = "assert {\n  condition     = served(\"networking.k8s.io/v1\", \"ingresses\") || kubernetes(\">= 1.30\")\n" +
		"  error_message = \"Ingress is not served by ${live.git_version}.\"\n}"
	return &blockSchema{
		name: "check", label: "name", repeats: true,
		doc:        "Requires conditions that no other block can express. Its attributes are the defaults of its asserts.",
		example:    "check \"routing\" {\n  " + strings.ReplaceAll(example, "\n", "\n  ") + "\n}",
		attributes: commonSchema(),
		blocks: []*blockSchema{{
			name: "assert", repeats: true, doc: "Requires that a condition is true.",
			example: "assert {\n  condition     = allowed(\"create\", \"pods/exec\")\n  error_message = \"The job runs commands in Pods.\"\n}",
			attributes: append([]attributeSchema{
				{
					name: "condition", typ: "bool", required: true, example: "served(\"policy/v1\") && !kubernetes(\"< 1.30\")",
					doc: "What must be true. It may use var, local, pod, and what only the cluster knows: live values, kubernetes(...), served(...) and allowed(...).",
				},
				{
					name: "error_message", typ: "string", required: true, example: "\"A PodDisruptionBudget is needed.\"",
					doc: "The message if it is false, as a whole sentence. It may use the same as the condition, but nothing sensitive.",
				},
			}, commonSchema()...),
		}},
	}
}

// dynamicType is the type of the block that makes others. Beside its attributes,
// it has a content block, whose body is one of the block that it makes.
const dynamicType = "dynamic"

// dynamicSchema describes a dynamic block that makes blocks of one type.
func dynamicSchema(made *blockSchema) *blockSchema {
	return &blockSchema{
		name: dynamicType, label: "type",
		doc:     "Makes a block of the type that its label names for each element of a collection. It can stand wherever a repeatable block can.",
		example: "dynamic \"api\" {\n  for_each = [\"v1\", \"apps/v1\"]\n  labels   = [api.value]\n  content {}\n}",
		attributes: []attributeSchema{
			{name: "for_each", typ: "list, set, map or object", required: true, doc: "The collection. A block is made for each of its elements, and none where it is empty.", example: "var.crds"},
			{name: "iterator", typ: "name", fallback: "the label", doc: "The name by which labels and content speak of the element: name.key and name.value.", example: "crd"},
			{name: "labels", typ: "list of strings", doc: "The label of the block that is made. It is left out where the block has none.", example: "[crd.value.plural]"},
		},
		blocks: []*blockSchema{{
			name: "content", doc: "The body of each block that is made.", example: "content {\n  scope = \"Namespaced\"\n}",
			attributes: made.attributes, blocks: made.blocks,
		}},
	}
}

func facetsSchema() []attributeSchema {
	return append([]attributeSchema{
		{name: "scope", typ: "string", doc: "\"Cluster\" or \"Namespaced\".", example: "\"Namespaced\""},
		verbsSchema(),
		{name: "subresources", typ: "list of strings", doc: "Subresources that must be served. Each is a requirement.", example: "[\"status\", \"scale\"]"},
		servedSchema(),
	}, commonSchema()...)
}

func verbsSchema() attributeSchema {
	return attributeSchema{name: "verbs", typ: "list of strings", doc: "Verbs that must be served. Others may be served too.", example: "[\"get\", \"list\", \"watch\"]"}
}

func servedSchema() attributeSchema {
	return attributeSchema{name: "served", typ: "bool", fallback: "true", doc: "False means that it must not be served. Then nothing else may be required of it.", example: "false"}
}

// commonSchema describes the attributes of every requirement.
func commonSchema() []attributeSchema {
	return []attributeSchema{
		{name: "enabled", typ: "bool", fallback: "true", doc: "False skips the requirement and everything in it.", example: "var.gateway"},
		{name: "severity", typ: "string", fallback: "\"error\"", doc: "\"error\" or \"warning\". A warning does not change the verdict. Blocks inside inherit it.", example: "\"warning\""},
		{name: "reason", typ: "string", doc: "Why it is required. The report shows it.", example: "\"templates/httproute.yaml\""},
		{name: "remedy", typ: "string", doc: "What to do if it is not met. The report shows it.", example: "\"Install the Gateway API CRDs.\""},
	}
}
