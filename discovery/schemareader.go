package discovery

import (
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// schemaReader reads one schema object.
type schemaReader struct {
	*walker
	schemas *schemas
	base    int64
}

// schema reads what says which fields there are, and what restricts strings and the
// presence of fields. The rest restricts other values.
//
// Sources: https://spec.openapis.org/oas/v3.0.0#schema-object and
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
func (r *schemaReader) schema() *schema {
	n := &schema{}
	for name := range r.members() {
		switch name {
		case "$ref":
			n.ref = r.reference()
		case "type":
			n.types = r.types()
		case "format":
			switch format := r.text(); format {
			case intOrString:
				n.intOrString = true
			case "", "password": // any string
			default:
				n.textRules = append(n.textRules, name)
			}
		case "properties":
			for name := range r.members() {
				r.take(&r.limits.texts, "fields")
				n.properties = append(n.properties, property{name, r.span()})
			}
		case "items":
			at := r.span()
			n.items = &at
		case "additionalProperties":
			switch r.dec.PeekKind() {
			case jsontext.KindTrue, jsontext.KindFalse:
				b := r.boolean()
				n.anyValues, n.noValues = *b, !*b
			default:
				at := r.span()
				n.values = &at
			}
		case "allOf":
			n.all = append(n.all, r.spans()...)
		case "oneOf":
			n.oneOf = r.spans()
		case "anyOf":
			n.anyOf = r.spans()
		case "not":
			at := r.span()
			n.not = &at
		case "required":
			n.required = r.texts()
		case "enum":
			n.allow(r.values())
		case "const":
			n.allow(r.value([]string{}))
		case "minLength":
			n.minLength = r.number()
		case "maxLength":
			n.maxLength = r.number()
		case "minProperties":
			n.minProperties = r.number()
		case "maxProperties", "maxItems":
			most := r.number()
			if most != nil && *most <= 0 {
				n.innerRules = append(n.innerRules, name)
			}
			if name == "maxProperties" {
				n.maxProperties = most
			}
		case "pattern":
			r.skip()
			n.textRules = append(n.textRules, name)
		case "x-kubernetes-validations":
			at := r.span()
			n.validations = &at
		case "x-kubernetes-preserve-unknown-fields":
			n.preserve = r.set() || n.preserve
		case "if", "then", "else", "dependentSchemas", "patternProperties":
			// They may name fields, and are not read: what they say is open. A
			// kube-apiserver has none of them, but an aggregated API may.
			r.skip()
			n.preserve = true
			n.innerRules = append(n.innerRules, name)
			if name == "if" {
				n.textRules = append(n.textRules, name)
			}
		case "dependencies", "dependentRequired", "propertyNames", "contains", "prefixItems", "additionalItems",
			"unevaluatedProperties", "unevaluatedItems":
			r.skip()
			n.innerRules = append(n.innerRules, name)
		case "$dynamicRef", "$recursiveRef":
			r.skip()
			n.textRules, n.innerRules = append(n.textRules, name), append(n.innerRules, name)
		case "x-kubernetes-int-or-string":
			n.intOrString = r.set() || n.intOrString
		case "x-kubernetes-embedded-resource":
			n.embedded = r.set()
		default:
			r.skip()
		}
	}
	return n
}

const schemasPointer = "#/components/schemas/"

// reference reads the name of another schema of the document.
func (r *schemaReader) reference() string {
	text := r.text()
	name, local := strings.CutPrefix(text, schemasPointer)
	name, err := url.PathUnescape(name)
	if r.err == nil && (!local || err != nil || name == "") {
		r.failf("%s is not a schema of the document", quote(text))
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
}

// types reads a type, or a list of them as OpenAPI 3.1 has. That null is one is of
// no matter.
func (r *schemaReader) types() []string {
	var types []string
	if r.dec.PeekKind() == jsontext.KindBeginArray {
		for _, t := range r.texts() {
			if t != "null" {
				types = append(types, t)
			}
		}
		return types
	}
	if t := r.text(); t != "" {
		types = append(types, t)
	}
	return types
}

// values reads a list of any values, and gives the strings in it. Others are never
// what is declared, which is a string.
func (r *schemaReader) values() []string {
	values := []string{}
	if !r.open(jsontext.KindBeginArray, "a list") {
		return nil
	}
	for r.err == nil && r.dec.PeekKind() != jsontext.KindEndArray {
		values = r.value(values)
	}
	r.token()
	return values
}

// value reads any value, and appends it to values where it is a string.
func (r *schemaReader) value(values []string) []string {
	r.take(&r.limits.texts, "values")
	if r.dec.PeekKind() != jsontext.KindString {
		r.skip()
		return values
	}
	return append(values, r.text())
}

// allow leaves of the strings that are allowed those that are among values. Nil
// values are no restriction.
func (n *schema) allow(values []string) {
	switch {
	case values == nil:
	case n.enum == nil:
		n.enum = values
	default:
		n.enum = slices.DeleteFunc(n.enum, func(v string) bool { return !slices.Contains(values, v) })
	}
}

// number reads a whole number, and gives nil where it is none.
func (r *schemaReader) number() *int {
	at := r.span()
	value, err := strconv.ParseFloat(string(r.schemas.src[at.start:at.end]), 64)
	if r.err != nil || err != nil && !errors.Is(err, strconv.ErrRange) || math.IsNaN(value) {
		return nil
	}
	whole := int(math.Min(math.Max(math.Ceil(value), -1), math.MaxInt32))
	return &whole
}

func (r *schemaReader) spans() []span {
	var spans []span
	for range r.elements() {
		r.take(&r.limits.texts, "alternatives")
		spans = append(spans, r.span())
	}
	return spans
}

// span passes over a value and tells where it stands in the document.
func (r *schemaReader) span() span {
	start := r.base + r.dec.InputOffset()
	r.skip()
	return r.schemas.trimmed(start, r.base+r.dec.InputOffset())
}
