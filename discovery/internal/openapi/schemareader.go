package openapi

import (
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// schemaReader reads one schema object.
type schemaReader struct {
	*jsonwalk.Walker
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
	for name := range r.Members() {
		switch name {
		case "$ref":
			n.ref = r.reference()
		case "type":
			n.types = r.types()
		case "format":
			switch format := r.Text(); format {
			case intOrString:
				n.intOrString = true
			case "", "password": // any string
			default:
				n.textRules = append(n.textRules, name)
			}
		case "properties":
			for name := range r.Members() {
				r.Take(&r.Left.Texts, "fields")
				n.properties = append(n.properties, property{name, r.span()})
			}
		case "items":
			at := r.span()
			n.items = &at
		case "additionalProperties":
			switch r.Kind() {
			case jsontext.KindTrue, jsontext.KindFalse:
				b := r.Bool()
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
			n.required = r.Texts(0)
		case "enum":
			n.allow(name, r.values())
		case "const":
			n.allow(name, r.value([]string{}))
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
			r.Skip()
			n.textRules = append(n.textRules, name)
		case "x-kubernetes-validations":
			at := r.span()
			n.validations = &at
		case "x-kubernetes-preserve-unknown-fields":
			n.preserve = r.Set() || n.preserve
		case "if", "then", "else", "dependentSchemas", "patternProperties":
			// They may name fields, and are not read: what they say is open. A
			// kube-apiserver has none of them, but an aggregated API may.
			r.Skip()
			n.preserve = true
			n.innerRules = append(n.innerRules, name)
			if name == "if" {
				n.textRules = append(n.textRules, name)
			}
		case "dependencies", "dependentRequired", "propertyNames", "contains", "prefixItems", "additionalItems",
			"unevaluatedProperties", "unevaluatedItems":
			r.Skip()
			n.innerRules = append(n.innerRules, name)
		case "$dynamicRef", "$recursiveRef":
			r.Skip()
			n.textRules, n.innerRules = append(n.textRules, name), append(n.innerRules, name)
		case "x-kubernetes-int-or-string":
			n.intOrString = r.Set() || n.intOrString
		case "x-kubernetes-embedded-resource":
			n.embedded = r.Set()
		default:
			r.Skip()
		}
	}
	return n
}

const schemasPointer = "#/components/schemas/"

// reference reads the name of another schema of the document.
func (r *schemaReader) reference() string {
	pointer := r.Text()
	name, local := strings.CutPrefix(pointer, schemasPointer)
	name, err := url.PathUnescape(name)
	if r.Err() == nil && (!local || err != nil || name == "") {
		r.Failf("%s is not a schema of the document", text.Quote(pointer))
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
}

// types reads a type, or a list of them as OpenAPI 3.1 has. That null is one is of
// no matter.
func (r *schemaReader) types() []string {
	var types []string
	if r.Kind() == jsontext.KindBeginArray {
		for _, t := range r.Texts(wire.MaxName) {
			if t != "null" {
				types = append(types, t)
			}
		}
		return types
	}
	if t := r.AtMost(wire.MaxName); t != "" {
		types = append(types, t)
	}
	return types
}

// values reads a list of any values, and gives the strings in it. Others are never
// what is declared, which is a string.
func (r *schemaReader) values() []string {
	if r.Kind() == jsontext.KindNull {
		r.Skip()
		return nil
	}
	values := []string{}
	for range r.AnyElements() {
		values = r.value(values)
	}
	return values
}

// value reads any value, and appends it to values where it is a string.
func (r *schemaReader) value(values []string) []string {
	r.Take(&r.Left.Texts, "values")
	if r.Kind() != jsontext.KindString {
		r.Skip()
		return values
	}
	return append(values, r.Text())
}

// allow leaves of the strings that are allowed those that are among values. Nil
// values are no restriction. Values that are too long to be shown are not judged.
func (n *schema) allow(keyword string, values []string) {
	switch {
	case values == nil:
	case slices.ContainsFunc(values, isLong):
		n.textRules, n.innerRules = append(n.textRules, keyword), append(n.innerRules, keyword)
	case n.enum == nil:
		n.enum = values
	default:
		n.enum = slices.DeleteFunc(n.enum, func(v string) bool { return !slices.Contains(values, v) })
	}
}

func isLong(s string) bool { return len(s) > wire.MaxName }

// number reads a whole number, and gives nil where it is none.
func (r *schemaReader) number() *int {
	at := r.span()
	value, err := strconv.ParseFloat(string(r.schemas.src[at.start:at.end]), 64)
	if r.Err() != nil || err != nil && !errors.Is(err, strconv.ErrRange) || math.IsNaN(value) {
		return nil
	}
	whole := int(math.Min(math.Max(math.Ceil(value), -1), math.MaxInt32))
	return &whole
}

func (r *schemaReader) spans() []span {
	var spans []span
	for range r.Elements() {
		r.Take(&r.Left.Texts, "alternatives")
		spans = append(spans, r.span())
	}
	return spans
}

// span passes over a value and tells where it stands in the document.
func (r *schemaReader) span() span {
	start := r.base + r.Offset()
	r.Skip()
	return r.schemas.trimmed(start, r.base+r.Offset())
}
