package openapi

import (
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/kubeapi"
)

type (
	// Field is what a schema says of a field.
	Field = model.Field
	// FieldQuery asks for one.
	FieldQuery = model.FieldQuery
	// SchemaRule is a rule that is not evaluated.
	SchemaRule = model.SchemaRule
)

// ReadFields answers the queries by an OpenAPI document. All of them are about its
// group version. The request is what the document answered, and empty where none was sent.
func ReadFields(src []byte, gv kubeapi.GroupVersion, queries []FieldQuery, request string) (map[FieldQuery]model.Fact[Field], error) {
	kinds := map[string]bool{}
	for _, q := range queries {
		kinds[q.Kind] = true
	}
	s, err := decodeSchemas(src, gv, kinds)
	if err != nil {
		return nil, err
	}
	answers := make(map[FieldQuery]model.Fact[Field], len(queries))
	for _, q := range queries {
		answers[q] = s.answer(q, request)
	}
	return answers, nil
}

func (s *schemas) answer(q FieldQuery, request string) model.Fact[Field] {
	fieldPath, err := kubeapi.ParseFieldPath(q.Path)
	if err != nil {
		return model.Failed[Field](model.NewFailure("", model.InvalidResponse, err, "nothing was asked about the field %s: %v", text.Quote(q.Path), err))
	}
	s.err = nil
	root := s.kind(q.Kind)
	if s.err == nil && root == nil {
		return model.Failed[Field](model.NewFailure(request, model.NoSchema, nil, "no schema in it is of the kind %s", text.Quote(q.Kind)))
	}
	var field Field
	if s.err == nil {
		field = s.field(root, fieldPath)
	}
	if field.Presence == model.FieldPresent && field.Type == "string" && len(fieldPath) == 1 {
		switch q.Path {
		case "apiVersion":
			field.Enum = []string{q.GroupVersion.String()}
		case "kind":
			field.Enum = []string{q.Kind}
		}
	}
	if s.err != nil {
		return model.Failed[Field](model.NewFailure(request, model.InvalidResponse, s.err, "the schema of %s: %v", strings.TrimSpace(q.Kind+" "+q.Path), s.err))
	}
	return model.Known(field)
}

// DecodeIndex reads the index and gives the URLs of those that are wanted.
func DecodeIndex(r io.Reader, wanted map[string]bool) (map[string]string, error) {
	w := jsonwalk.New(r, jsonwalk.Limits{})
	index := map[string]string{}
	wire.Document(w, "", "paths", func(name string) bool {
		if name != "paths" {
			return false
		}
		w.EachOf(wire.MaxVersions, func(name string) {
			if wanted[name] {
				index[name] = w.TextOf("serverRelativeURL", 0)
			} else {
				w.Skip()
			}
		})
		return true
	})
	if err := w.End(); err != nil {
		return nil, err
	}
	return index, nil
}
