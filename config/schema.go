package config

import "github.com/hashicorp/hcl/v2"

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

// language is the schema of a whole file.
func language() *blockSchema {
	subresource := subresourceSchema()
	return &blockSchema{
		doc: "A declaration says what a piece of software requires from a Kubernetes API.",
		blocks: []*blockSchema{
			settingsSchema(), variableSchema(), localsSchema(), clusterSchema(),
			{
				name: "api", label: "apiVersion",
				doc:     "Requires that a group version is served. The label is an apiVersion, as manifests spell it.",
				example: "api \"apps/v1\" {}",
				attributes: append([]attributeSchema{
					servedSchema(),
					{name: "preferred", typ: "bool", doc: "Whether it is the version that the server prefers of its group. Left out, nothing is asserted.", example: "true"},
				}, commonSchema()...),
				blocks: []*blockSchema{resourceSchema(subresource), kindSchema(subresource)},
			},
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
			{name: "sensitive", typ: "bool", fallback: "false", doc: "Whether the value must never be shown. Only enabled may depend on it.", example: "true"},
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
			{name: "endpoint", typ: "string", doc: "The address that the API server is reached at: https://host[:port], or http:// on loopback.", example: "\"https://10.0.1.149:443\""},
			{name: "server_address", typ: "string or list of strings", doc: "What GET /api publishes as the server's address, as host:port. One of a list is enough.", example: "[\"10.0.1.149:443\"]"},
			{name: "kubernetes", typ: "string", doc: "The versions of Kubernetes, as a constraint.", example: "\">= 1.30, < 1.38\""},
		}, commonSchema()...),
	}
}

func resourceSchema(subresource *blockSchema) *blockSchema {
	return &blockSchema{
		name: "resource", label: "name",
		doc:     "Requires that the group version serves a resource. The label is its plural name.",
		example: "resource \"deployments\" {\n  verbs = [\"get\", \"create\"]\n}",
		attributes: append([]attributeSchema{
			{name: "kind", typ: "string", doc: "The kind that the resource has.", example: "\"Deployment\""},
		}, facetsSchema()...),
		blocks: []*blockSchema{subresource},
	}
}

func kindSchema(subresource *blockSchema) *blockSchema {
	return &blockSchema{
		name: "kind", label: "name",
		doc:        "Requires that the group version serves a resource of a kind, where its plural name is not known.",
		example:    "kind \"Deployment\" {}",
		attributes: facetsSchema(),
		blocks:     []*blockSchema{subresource},
	}
}

func subresourceSchema() *blockSchema {
	return &blockSchema{
		name: "subresource", label: "name",
		doc:     "Requires that a resource serves a subresource.",
		example: "subresource \"scale\" {\n  kind = \"Scale\"\n}",
		attributes: append([]attributeSchema{
			{name: "kind", typ: "string", doc: "The kind that its requests carry.", example: "\"Scale\""},
			verbsSchema(), servedSchema(),
		}, commonSchema()...),
	}
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
