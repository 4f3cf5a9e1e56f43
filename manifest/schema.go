package manifest

import (
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/manifest/internal/yaml"
)

// schemaWriter writes a schema as the API server publishes it in OpenAPI documents, without what
// says nothing of fields, such as descriptions, and what follows from x-kubernetes-int-or-string and
// x-kubernetes-embedded-resource.
//
// Source: pkg/controller/openapi/builder/builder.go and pkg/apiserver/schema of
// k8s.io/apiextensions-apiserver.
type schemaWriter struct {
	*definitionReader
	out []byte
}

// root writes the schema of a version's objects.
func (r *definitionReader) root(version *Node, path string) []byte {
	n := version.Get("schema").Get("openAPIV3Schema")
	if n.Kind != yaml.Map {
		r.fail(orElse(n, orElse(version.Get("schema"), version)), "%s: it is required", path)
		return nil
	}
	if kind := n.Get("type"); text(kind) != "object" {
		r.fail(orElse(kind, n), "%s.type: it must be object at the root", path)
	}
	w := &schemaWriter{definitionReader: r}
	w.schema(n, path, ofRoot)
	return w.out
}

// place says where a schema is.
type place int

const (
	ofRoot place = iota
	ofField
	// ofRule is in allOf, anyOf, oneOf and not, which say what values must be, and have no type.
	ofRule
)

// objectFields are what the API server adds to the fields of an object.
const objectFields = `"apiVersion":{"type":"string"},"kind":{"type":"string"},"metadata":{"allOf":[{"$ref":"#/components/schemas/` + objectMetaName + `"}]}`

// schema writes a schema.
func (w *schemaWriter) schema(n *Node, path string, at place) {
	if n.Kind != yaml.Map {
		w.fail(n, "%s: it must be an object, and is %s", path, n.Kind)
		return
	}
	mayLackType := isTrue(n.Get("x-kubernetes-int-or-string")) || isTrue(n.Get("x-kubernetes-preserve-unknown-fields"))
	if at == ofField && text(n.Get("type")) == "" && !mayLackType {
		w.fail(n, "%s.type: it is required", path)
	}
	w.out = append(w.out, '{')
	isObject := at == ofRoot || at == ofField && isTrue(n.Get("x-kubernetes-embedded-resource"))
	if isObject && n.Get("properties").Kind != yaml.Map {
		w.out = append(w.out, `"properties":{`+objectFields+`},`...)
	}
	for i := range n.Members {
		m := &n.Members[i]
		if m.Value.Kind == yaml.Null {
			continue
		}
		before := len(w.out)
		w.text(m.Key)
		w.out = append(w.out, ':')
		if !w.keyword(m, path+"."+m.Key, at, isObject) {
			w.out = w.out[:before]
			continue
		}
		w.out = append(w.out, ',')
	}
	w.close('}')
}

// keyword writes the value of a keyword. It is false for one that says nothing of fields.
func (w *schemaWriter) keyword(m *yaml.Member, path string, at place, isObject bool) bool {
	inner, value := max(at, ofField), &m.Value
	switch m.Key {
	case "properties":
		w.properties(value, path, inner, isObject)
	case "items":
		w.schema(value, path, inner)
	case "additionalProperties":
		if value.Kind == yaml.Bool {
			w.value(value)
			break
		}
		w.schema(value, path, inner)
	case "not":
		w.schema(value, path, ofRule)
	case "allOf", "anyOf", "oneOf":
		w.out = append(w.out, '[')
		items := w.items(value, path)
		for i := range items {
			w.schema(&items[i].Value, fmt.Sprintf("%s[%d]", path, i), ofRule)
			w.out = append(w.out, ',')
		}
		w.close(']')
	case "x-kubernetes-validations":
		w.validations(value, path)
	case "required":
		w.out = append(w.out, '[')
		items := w.items(value, path)
		for i := range items {
			w.value(w.must(yaml.String, &items[i].Value, path))
			w.out = append(w.out, ',')
		}
		w.close(']')
	case "enum":
		w.items(value, path)
		w.value(value)
	case "type", "format", "pattern":
		w.value(w.must(yaml.String, value, path))
	case "minLength", "maxLength", "minProperties", "maxProperties", "maxItems":
		w.value(w.must(yaml.Number, value, path))
	case "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string", "x-kubernetes-embedded-resource":
		w.value(w.must(yaml.Bool, value, path))
	case "$ref":
		w.fail(value, "%s: it is not supported", path)
		return false
	default:
		return false
	}
	return true
}

// properties writes the schemas of fields. Those of each object are the API server's own.
func (w *schemaWriter) properties(n *Node, path string, at place, isObject bool) {
	w.must(yaml.Map, n, path)
	w.out = append(w.out, '{')
	if isObject {
		w.out = append(w.out, objectFields+","...)
	}
	for i := range n.Members {
		m := &n.Members[i]
		if isObject && (m.Key == "apiVersion" || m.Key == "kind" || m.Key == "metadata") {
			continue
		}
		w.text(m.Key)
		w.out = append(w.out, ':')
		w.schema(&m.Value, path+"."+m.Key, at)
		w.out = append(w.out, ',')
	}
	w.close('}')
}

// validations writes rules in CEL, without their messages.
func (w *schemaWriter) validations(n *Node, path string) {
	w.out = append(w.out, '[')
	items := w.items(n, path)
	for i := range items {
		w.out = append(w.out, `{"rule":`...)
		w.text(text(items[i].Value.Get("rule")))
		if isTrue(items[i].Value.Get("optionalOldSelf")) {
			w.out = append(w.out, `,"optionalOldSelf":true`...)
		}
		w.out = append(w.out, "},"...)
	}
	w.close(']')
}

// items returns the items of a list.
func (w *schemaWriter) items(n *Node, path string) []yaml.Member {
	return w.must(yaml.List, n, path).Members
}

// must returns a value of the kind. Any other is an error, and gives a null.
func (w *schemaWriter) must(kind yaml.Kind, n *Node, path string) *Node {
	if n.Kind != kind {
		w.fail(n, "%s: it must be %s, and is %s", path, kind, n.Kind)
		return &Node{}
	}
	return n
}

// value writes any value.
func (w *schemaWriter) value(n *Node) {
	switch n.Kind {
	case yaml.Null:
		w.out = append(w.out, "null"...)
	case yaml.Bool, yaml.Number:
		w.out = append(w.out, n.Text...)
	case yaml.String:
		w.text(n.Text)
	case yaml.List, yaml.Map:
		w.out = append(w.out, `[{`[n.Kind-yaml.List])
		for i := range n.Members {
			if n.Kind == yaml.Map {
				w.text(n.Members[i].Key)
				w.out = append(w.out, ':')
			}
			w.value(&n.Members[i].Value)
			w.out = append(w.out, ',')
		}
		w.close(`]}`[n.Kind-yaml.List])
	default:
		panic("manifest: unknown kind " + strconv.Itoa(int(n.Kind)))
	}
}

// text writes a string.
func (w *schemaWriter) text(s string) {
	out, err := jsontext.AppendQuote(w.out, s)
	if err != nil {
		panic(err) // package yaml accepts only UTF-8
	}
	w.out = out
}

// close ends a list or an object, and takes away the comma before it.
func (w *schemaWriter) close(end byte) {
	if last := len(w.out) - 1; w.out[last] == ',' {
		w.out = w.out[:last]
	}
	w.out = append(w.out, end)
}

func isTrue(n *Node) bool { return n.Kind == yaml.Bool && n.Text == "true" }
