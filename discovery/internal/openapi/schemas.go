package openapi

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// schemas are the schemas of one OpenAPI document. The document itself is kept,
// and where in it each schema stands; only those that somebody asks about are
// decoded.
type schemas struct {
	src   []byte
	named map[string]span
	// kinds are the schemas of the wanted kinds, by kind. The server marks them.
	kinds map[string][]kindSchema
	// decoded are the schemas that were looked at, by where they start.
	decoded map[int64]*schema
	// visits and texts are what may still be looked at.
	visits, texts int
	// err is what ended the answer to the query under way. Schemas that are looked at after
	// it say nothing.
	err error
	// crd tells that the document is one of custom resources, and structural is the
	// schema of the kind that is looked at, as its CRD has it, where it is one of these.
	crd        bool
	structural span
}

// span is a part of the document.
type span struct{ start, end int64 }

// kindSchema is a schema that says which kinds it describes.
type kindSchema struct {
	at span
	// kinds is how many these are: one of a resource describes it alone.
	kinds int
}

// schema is one schema object, with what is said in it directly.
type schema struct {
	// start is where it stands, and zero if it is not in the document.
	start int64
	// component is the name that other schemas refer to it by, once one did.
	component string
	// ref is the name of the schema that it refers to, and empty for none.
	ref        string
	types      []string
	properties []property
	items      *span
	// values is the schema of what additionalProperties allows. Where that is only
	// true or false, it is nil, and anyValues or noValues is set.
	values              *span
	anyValues, noValues bool
	all                 []span
	anyOf, oneOf        []span
	not                 *span
	required            []string
	// enum are the strings that enum and const allow, and nil where there are neither.
	enum []string
	// minLength and maxLength are bounds of a string, and minProperties and
	// maxProperties those of an object. They are nil where there is none.
	minLength, maxLength, minProperties, maxProperties *int
	// textRules are further keywords that may reject a string, and innerRules those
	// that may reject an object or an array for what is in it.
	textRules, innerRules []string
	// validations are rules in CEL.
	validations *span
	// pruned tells that the server drops every field that the schema does not name.
	pruned                          bool
	preserve, intOrString, embedded bool
}

type property struct {
	name string
	at   span
}

// crdTitle is what an API server calls the OpenAPI documents that it makes of CRDs.
//
// Source: pkg/controller/openapi/builder/builder.go of k8s.io/apiextensions-apiserver.
const crdTitle = "Kubernetes CRD Swagger"

// decodeSchemas reads an OpenAPI document of a group version, of which the kinds
// are wanted. All of it is checked to be JSON without duplicate names. The schemas
// keep src.
//
// Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/2896-openapi-v3
func decodeSchemas(src []byte, gv kubeapi.GroupVersion, kinds map[string]bool) (*schemas, error) {
	s := &schemas{
		src: src, named: map[string]span{}, kinds: map[string][]kindSchema{}, decoded: map[int64]*schema{},
		visits: maxSchemaVisits, texts: maxSchemaTexts,
	}
	if err := checkTexts(src); err != nil {
		return nil, err
	}
	w := jsonwalk.New(bytes.NewBuffer(src), jsonwalk.Limits{})
	w.MaxMembers, w.MaxDepth = maxSchemaMembers, maxSchemaDepth
	wire.Document(w, "", "openapi", func(name string) bool {
		switch name {
		case "openapi":
			if version := w.Text(); !strings.HasPrefix(version, "3.") {
				w.Failf("the version %s is not 3", text.Quote(version))
			}
		case "info":
			s.crd = w.TextOf("title", 0) == crdTitle
		case "paths":
			w.EachOf(maxSchemaNames, func(string) { w.Skip() })
		case "components":
			for name := range w.Members() {
				if name != "schemas" {
					w.Skip()
					continue
				}
				w.EachOf(maxSchemaNames, func(name string) { s.index(w, strings.Clone(name), gv, kinds) })
			}
		default:
			return false
		}
		return true
	})
	if err := w.End(); err != nil {
		return nil, err
	}
	return s, nil
}

// checkTexts refuses a JSON document that has long strings, or long names in
// objects that stand in each other: the decoder copies the names of all objects
// that are not at their end. What is no JSON passes; the decoder refuses it.
func checkTexts(src []byte) error {
	const perName = 16 // bytes beside the name itself
	var outer []int    // how much the names take of the objects around this one
	names, length := 0, 0
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '{':
			if outer = append(outer, names); len(outer) > maxSchemaDepth {
				return fmt.Errorf("it is nested deeper than %d levels", maxSchemaDepth)
			}
		case '}':
			if last := len(outer) - 1; last >= 0 {
				names, outer = outer[last], outer[:last]
			}
		case ':':
			if names += length + perName; names > maxOpenNames {
				return errors.New("the names in it take more than " + text.Size(maxOpenNames))
			}
		case '"':
			begin := i
			for i++; i < len(src) && src[i] != '"'; i++ {
				if src[i] == '\\' {
					i++
				}
			}
			if length = i - begin; length > maxSchemaText {
				return errors.New("a text in it is larger than " + text.Size(maxSchemaText))
			}
		}
	}
	return nil
}

// index remembers where a schema stands, and whether it is that of a wanted kind.
func (s *schemas) index(w *jsonwalk.Walker, name string, gv kubeapi.GroupVersion, kinds map[string]bool) {
	start := w.Offset()
	described := 0
	var wanted []string
	for name := range w.Members() {
		if name != "x-kubernetes-group-version-kind" {
			w.Skip()
			continue
		}
		for range w.Elements() {
			described++
			if kind := groupVersionKind(w, gv); kinds[kind] {
				wanted = append(wanted, kind)
			}
		}
	}
	at := s.trimmed(start, w.Offset())
	s.named[name] = at
	for _, kind := range wanted {
		s.kinds[kind] = append(s.kinds[kind], kindSchema{at, described})
	}
}

// groupVersionKind gives the kind, and nothing where it is of another group
// version.
func groupVersionKind(w *jsonwalk.Walker, gv kubeapi.GroupVersion) string {
	var group, version, kind string
	for name := range w.Members() {
		switch name {
		case "group":
			group = w.Text()
		case "version":
			version = w.Text()
		case "kind":
			kind = w.Text()
		default:
			w.Skip()
		}
	}
	if group != gv.Group || version != gv.Version {
		return ""
	}
	return kind
}

// trimmed gives the value between two offsets, of which the first may be before
// what divides it from the value before it.
func (s *schemas) trimmed(start, end int64) span {
	for start < end && strings.IndexByte(" \t\r\n:,", s.src[start]) >= 0 {
		start++
	}
	return span{start, end}
}

// kind gives the schema of a kind, and nil where no schema describes it.
func (s *schemas) kind(kind string) *schema {
	var best []kindSchema
	for _, candidate := range s.kinds[kind] {
		switch {
		case len(best) == 0 || candidate.kinds < best[0].kinds:
			best = []kindSchema{candidate}
		case candidate.kinds == best[0].kinds:
			best = append(best, candidate)
		}
	}
	switch len(best) {
	case 0:
		return nil
	case 1:
		return s.root(best[0])
	}
	s.fail(fmt.Errorf("%d schemas are of the kind %s", len(best), text.Quote(kind)))
	return nil
}

// fail ends the answer, unless it has ended already.
func (s *schemas) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// root decodes the schema of a kind. Without properties, it is what a server
// publishes of a CRD whose schema it does not use.
func (s *schemas) root(of kindSchema) *schema {
	s.structural = span{}
	root := s.at(of.at)
	if s.crd && of.kinds == 1 && len(root.properties) > 0 {
		s.structural = of.at
	}
	return root
}

// at decodes the schema that stands there.
func (s *schemas) at(place span) *schema {
	if found := s.decoded[place.start]; found != nil {
		return found
	}
	if s.visits--; s.visits < 0 {
		s.fail(fmt.Errorf("more than %d schemas are part of the fields that are asked for", maxSchemaVisits))
	}
	if s.err != nil {
		return &schema{}
	}
	r := schemaReader{schemas: s, base: place.start}
	r.Walker = jsonwalk.New(bytes.NewBuffer(s.src[place.start:place.end]), jsonwalk.Limits{Texts: s.texts})
	r.MaxMembers, r.MaxDepth = maxSchemaMembers, maxSchemaDepth
	found := r.schema()
	s.texts = r.Left.Texts
	if err := r.End(); err != nil {
		s.fail(err)
		return &schema{}
	}
	// What a CRD's schema refers to by its name is a type of Go, which is not pruned.
	found.pruned = s.structural.start <= place.start && place.end <= s.structural.end
	found.start = place.start
	s.decoded[place.start] = found
	return found
}

func (s *schemas) allAt(places []span) []*schema {
	var list []*schema
	for _, at := range places {
		list = append(list, s.at(at))
	}
	return list
}

// referred gives the schema of a name.
func (s *schemas) referred(name string) *schema {
	place, found := s.named[name]
	if !found {
		s.fail(fmt.Errorf("the schema %s is referred to, and is not there", text.Quote(name)))
		return &schema{}
	}
	n := s.at(place)
	n.component = name
	return n
}
