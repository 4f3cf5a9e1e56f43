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
				doc:     "Requires that a group version is served. The label is an apiVersion, as manifests spell it.",
				example: "api \"apps/v1\" {}",
				attributes: append([]attributeSchema{
					servedSchema(),
					{name: "preferred", typ: "bool", doc: "Whether it is the version that the server prefers of its group, which is the one that kubectl uses by default. Left out, nothing is asserted.", example: "true"},
					{
						name: "available", typ: "bool", example: "true",
						doc: "True asks what serves the group version itself whether it answers, at the cost of one request. " +
							"An API server calls an aggregated API current for some seconds after its server has died. Left out, nothing is asked.",
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
			doc: "The versions of kreconcile that can read this declaration, as a constraint. It is written out, without variables.", example: "\">= 0.1\"",
		}},
	}
}

func variableSchema() *blockSchema {
	return &blockSchema{
		name: "variable", label: "name",
		doc:     "Declares an input of the declaration, which expressions use as var.name.",
		example: "variable \"gateway\" {\n  type    = bool\n  default = false\n}",
		attributes: []attributeSchema{
			{name: "type", typ: "type", fallback: "any", doc: "The type that a value is converted to. Left out, a value given as text stays a string.", example: "list(string)"},
			{name: "default", typ: "any", doc: "The value where none is given. Left out, a value must be given.", example: "false"},
			{name: "description", typ: "string", doc: "What the variable is for.", example: "\"Render HTTPRoutes.\""},
			{name: "nullable", typ: "bool", fallback: "true", doc: "Whether the value may be null.", example: "false"},
			{name: "sensitive", typ: "bool", fallback: "false", doc: "Whether the value must never be shown. Only enabled and the condition of an assert may depend on it.", example: "true"},
		},
		blocks: []*blockSchema{validationSchema()},
	}
}

func validationSchema() *blockSchema {
	return &blockSchema{
		name:    "validation",
		doc:     "A rule for the value. There may be several.",
		example: "validation {\n  condition     = length(var.namespace) <= 63\n  error_message = \"A namespace has at most 63 characters.\"\n}",
		attributes: []attributeSchema{
			{name: "condition", typ: "bool", required: true, doc: "What must be true. It refers to the variable, and may refer to others and to locals.", example: "length(var.namespace) <= 63"},
			{name: "error_message", typ: "string", required: true, doc: "What is said where it is not. It cannot depend on a sensitive variable.", example: "\"A namespace has at most 63 characters.\""},
		},
	}
}

func localsSchema() *blockSchema {
	return &blockSchema{
		name: "locals", doc: "Names values, which expressions use as local.name. The order does not matter.",
		example: "locals {\n  verbs = [\"get\", \"list\", \"watch\"]\n}", free: true,
	}
}

func clusterSchema() *blockSchema {
	return &blockSchema{
		name: "cluster", doc: "Requires properties of the cluster as a whole. Each attribute but the common ones is a requirement.",
		example: "cluster {\n  kubernetes = \">= 1.30\"\n}",
		attributes: append([]attributeSchema{
			{name: "endpoint", typ: "string", doc: "The address that the API server is reached at: https://host[:port][/path], or http:// on loopback.", example: "\"https://10.0.1.149:443\""},
			{name: "server_address", typ: "string or list of strings", doc: "What GET /api publishes as the server's address, as host:port. One of a list is enough. Addresses are compared, however they are spelled.", example: "[\"10.0.1.149:443\"]"},
			{name: "kubernetes", typ: "string", doc: "The versions of Kubernetes, as a constraint.", example: "\">= 1.30, < 1.38\""},
		}, commonSchema()...),
	}
}

func resourceSchema(inner ...*blockSchema) *blockSchema {
	return &blockSchema{
		name: "resource", label: "name", repeats: true,
		doc: "Requires that the group version serves a resource. The label is its plural name, or that of a subresource, as in \"pods/log\" or " +
			"\"virtualmachines/start\", which is required by itself, whatever its resource is.",
		example: "resource \"deployments\" {\n  verbs = [\"get\", \"create\"]\n}",
		attributes: append([]attributeSchema{
			{name: "kind", typ: "string", doc: "The kind that the resource has.", example: "\"Deployment\""},
		}, facetsSchema()...),
		blocks: inner,
	}
}

func kindSchema(inner ...*blockSchema) *blockSchema {
	return &blockSchema{
		name: "kind", label: "name", repeats: true,
		doc:        "Requires that the group version serves a resource of a kind, where its plural name is not known.",
		example:    "kind \"Deployment\" {}",
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
			{name: "kind", typ: "string", doc: "The kind that its requests carry.", example: "\"Scale\""},
			verbsSchema(), servedSchema(),
		}, commonSchema()...),
	}
}

func fieldSchema() *blockSchema {
	return &blockSchema{
		name: "field", label: "path", repeats: true,
		doc: "Requires that the kind has a field in the schema that the server publishes. The label is the path to it from the root of the object: " +
			"names behind dots, [] for the items of an array, and .* for the values of a map. A name that has a dot in it is quoted in brackets: spec.ref[\"a.b\"].",
		example: "field \"spec.template.spec.containers[].resources.limits.*\" {}",
		attributes: append([]attributeSchema{
			{name: "type", typ: "string", doc: "The type of the field: \"string\", \"integer\", \"number\", \"boolean\", \"array\", \"object\" or \"int-or-string\".", example: "\"integer\""},
			{name: "enum", typ: "list of strings", doc: "Strings that the schema allows as the field's value; others may be allowed too. A field of another type allows none. " +
				"It is undetermined where the schema has another rule that may reject one, such as a pattern.", example: "[\"Always\", \"Never\"]"},
			{name: "required", typ: "bool", doc: "Whether the schema requires the field in what the field is in, as it does apiVersion, kind and metadata of an object. Left out, nothing is asserted.", example: "true"},
			servedSchema(),
		}, commonSchema()...),
	}
}

func permissionSchema() *blockSchema {
	return &blockSchema{
		name: "permission", label: "name", repeats: true,
		doc: "Requires that whoever asks may do something, as the server's access review answers. " +
			"Each verb for each resource, or for each path, is a requirement of its own.",
		example: "permission \"deploy\" {\n  verbs     = [\"create\", \"patch\"]\n  resources = [\"deployments.apps\", \"pods/log\"]\n  namespace = \"shop\"\n}",
		attributes: append([]attributeSchema{
			{
				name: "verbs", typ: "list of strings", required: true, example: "[\"get\", \"list\"]",
				doc: "What may be done: the verbs of the API, those that only access control knows, such as \"impersonate\", or \"*\" for every verb. " +
					"For paths: \"get\", \"head\", \"post\", \"put\", \"patch\", \"delete\", \"options\" or \"*\".",
			},
			{
				name: "resources", typ: "list of strings", example: "[\"deployments.apps/scale\"]",
				doc: "The resources, as plural names with their group and without a version: \"pods\", \"pods/log\", \"deployments.apps\", \"deployments.apps/scale\". " +
					"\"*\" is every resource of the core group, \"*.apps\" every one of a group, and \"*.*\" every one of all groups; " +
					"they are allowed where a rule itself says \"*\".",
			},
			{
				name: "namespace", typ: "string", example: "\"shop\"",
				doc: "The namespace of namespaced resources, or \"*\" for all namespaces at once. Left out, it is the one that kreconcile's Pod runs in. " +
					"It must not be set for resources that live in no namespace.",
			},
			{name: "name", typ: "string", doc: "The name of the one object that is meant. Left out, it is any object.", example: "\"web\""},
			{
				name: "virtual", typ: "bool", fallback: "false", example: "true",
				doc: "True means that only access control knows the resources, so that they are asked about whether an API serves them or not. " +
					"Well-known names of this kind, such as \"deployments.apps/finalizers\" or \"signers.certificates.k8s.io\", do not need it.",
			},
			{
				name: "non_resource_urls", typ: "list of strings", example: "[\"/metrics\", \"/healthz/*\"]",
				doc: "Paths of the server that are no resources, in place of resources. A \"*\" at the end is everything below. " +
					"A path below /api/ or /apis/ that names a resource, such as \"/api/v1/pods\", is an error, because a request for it is allowed as one for the resource.",
			},
		}, commonSchema()...),
	}
}

func checkSchema() *blockSchema {
	const example = "assert {\n  condition     = served(\"networking.k8s.io/v1\", \"ingresses\") || kubernetes(\">= 1.30\")\n" +
		"  error_message = \"Ingress is not served by ${live.git_version}.\"\n}"
	return &blockSchema{
		name: "check", label: "name", repeats: true,
		doc:        "Requires that conditions hold, for what no other block can say. The common attributes are those of each assert that does not set its own.",
		example:    "check \"routing\" {\n  " + strings.ReplaceAll(example, "\n", "\n  ") + "\n}",
		attributes: commonSchema(),
		blocks: []*blockSchema{{
			name: "assert", repeats: true, doc: "Requires that one condition holds.", example: example,
			attributes: append([]attributeSchema{
				{
					name: "condition", typ: "bool", required: true, example: "served(\"policy/v1\") && !kubernetes(\"< 1.30\")",
					doc: "What must be true. Beside var, local and pod, it may use what is known only from the cluster: " +
						"live.version, live.git_version, live.emulation_version, live.platform, kubernetes(constraint), served(api), served(api, resource), served(api, kind(name)), " +
						"allowed(verb, resource) and allowed(verb, resource, namespace).",
				},
				{
					name: "error_message", typ: "string", required: true, example: "\"A PodDisruptionBudget is needed.\"",
					doc: "What is printed where it is not true, as a whole sentence. It may use what the condition may, but nothing sensitive.",
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
	dynamic := &blockSchema{
		name: dynamicType, label: "type",
		doc:     "Makes a block of the type that its label names for each element of a collection. It can stand wherever a repeatable block can.",
		example: "dynamic \"api\" {\n  for_each = [\"v1\", \"apps/v1\"]\n  labels   = [api.value]\n  content {}\n}",
		attributes: []attributeSchema{
			{name: "for_each", typ: "list, set, map or object", required: true, doc: "The collection. A block is made for each of its elements, and none where it is empty.", example: "var.crds"},
			{name: "iterator", typ: "name", fallback: "the label", doc: "The name by which labels and content speak of the element: name.key and name.value.", example: "crd"},
		},
		blocks: []*blockSchema{{
			name: "content", doc: "The body of each block that is made.", example: "content {\n  scope = \"Namespaced\"\n}",
			attributes: made.attributes, blocks: made.blocks,
		}},
	}
	if made.label != "" {
		dynamic.attributes = append(dynamic.attributes, attributeSchema{
			name: "labels", typ: "list of strings", doc: "The label of the block that is made.", example: "[crd.value.plural]",
		})
	}
	return dynamic
}

func facetsSchema() []attributeSchema {
	return append([]attributeSchema{
		{name: "scope", typ: "string", doc: "Where its objects live: \"Cluster\" or \"Namespaced\".", example: "\"Namespaced\""},
		verbsSchema(),
		{name: "subresources", typ: "list of strings", doc: "Subresources that are served. Each is a requirement of its own.", example: "[\"status\", \"scale\"]"},
		servedSchema(),
	}, commonSchema()...)
}

func verbsSchema() attributeSchema {
	return attributeSchema{name: "verbs", typ: "list of strings", doc: "Verbs that are served; others may be served too.", example: "[\"get\", \"list\", \"watch\"]"}
}

func servedSchema() attributeSchema {
	return attributeSchema{name: "served", typ: "bool", fallback: "true", doc: "False means that it must not be served. Nothing else may be required of it then.", example: "false"}
}

// commonSchema describes the attributes of every requirement.
func commonSchema() []attributeSchema {
	return []attributeSchema{
		{name: "enabled", typ: "bool", fallback: "true", doc: "False skips the requirement and what is nested in it.", example: "var.gateway"},
		{name: "severity", typ: "string", fallback: "\"error\"", doc: "What it means that it does not hold: \"error\" or \"warning\". What is nested inherits it.", example: "\"warning\""},
		{name: "reason", typ: "string", doc: "Why it is required. It is printed with the finding.", example: "\"templates/httproute.yaml\""},
		{name: "remedy", typ: "string", doc: "What to do where it does not hold. It is printed with the finding.", example: "\"Install the Gateway API CRDs.\""},
	}
}
