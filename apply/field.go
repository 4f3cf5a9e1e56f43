package apply

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// field judges a field of the kind of a served resource.
func (j *judge) field(f *config.Field, gv kubeapi.GroupVersion, served *discovery.Resource) ruling {
	switch {
	case !f.Enabled:
		return skipped(f.Requirement)
	case served.Kind == "":
		return undetermined(f.Requirement, unsaid("the kind of "+served.Name))
	}
	query := discovery.FieldQuery{GroupVersion: gv, Kind: served.Kind, Path: f.Path.String()}
	fact := j.snapshot.Field(query)
	if u := ask(j.snapshot, fact, query); u != nil {
		return undetermined(f.Requirement, u)
	}
	found := fact.Value
	switch found.Presence {
	case discovery.FieldOpen:
		return undetermined(f.Requirement, openSchema(f.Path, served.Kind, found.At))
	case discovery.FieldAbsent:
		return absentField(f, query.Path, found)
	case discovery.FieldPresent:
	default:
		panic("apply: unknown presence " + string(found.Presence))
	}
	if !f.Served {
		return differs(f.Requirement, Difference{Code: FieldServed, Found: query.Path, Range: f.Range})
	}
	return fieldFacets(f, query.Path, found)
}

// absentField judges a field that the schema does not have. The hint keeps found, so that
// only here found is allocated.
func absentField(f *config.Field, path string, found discovery.Field) ruling {
	if !f.Served {
		return holdsAbsent(f.Requirement)
	}
	return drifted(f.Requirement, difference{
		Difference{Code: FieldNotServed, Declared: path, Found: found.At, Range: f.Range},
		func(h *hinter) string { return h.field(f.Path, found) },
	})
}

// fieldFacets judges a field that exists at a path.
func fieldFacets(declared *config.Field, path string, found discovery.Field) ruling {
	f := facets{of: path}
	if t := declared.Type; t != nil && t.Value != found.Type {
		if found.Type == "" {
			f.unknown = unsaid("the type of " + f.of)
		} else {
			f.differs(Difference{
				Code: FieldTypeMismatch, Facet: "type", Declared: t.Value, Found: found.Type, Range: t.Range,
			})
		}
	}
	f.enum(declared.Enum, found)
	f.required(declared.Required, found)
	return f.outcome(declared.Requirement, found.Type)
}

// required judges whether the field is always there.
func (f *facets) required(declared *config.Value[bool], found discovery.Field) {
	switch {
	case declared == nil:
	case found.Partial:
		f.unknown = unrecorded(f.of)
	case !found.Required && len(found.RequiredRules) > 0:
		f.unknown = unjudged("whether "+f.of+" is required", found.RequiredRules)
	case declared.Value != found.Required:
		f.differs(Difference{
			Code: FieldRequiredMismatch, Facet: "required", Range: declared.Range,
			Declared: strconv.FormatBool(declared.Value), Found: strconv.FormatBool(found.Required),
		})
	}
}

// enum adds a difference for each declared value that the field may not have.
// Declared values are strings, so a field of another type allows none.
func (f *facets) enum(declared []config.Value[string], found discovery.Field) {
	isString := found.Type == "" || found.Type == "string" || found.Type == "int-or-string"
	for _, value := range declared {
		var hint func(*hinter) string
		switch {
		case !isString:
			hint = func(*hinter) string { return f.of + " is of type " + found.Type }
		case found.Partial:
			f.unknown = unrecorded(f.of)
			continue
		case found.Enum != nil && !slices.Contains(found.Enum, value.Value):
			hint = func(h *hinter) string { return h.enum(value.Value, found.Enum) }
		case len(found.EnumRules) > 0:
			f.unknown = unjudged("whether "+f.of+" may be "+strconv.Quote(discovery.Cut(value.Value, kubeapi.MaxName)), found.EnumRules)
			continue
		default:
			continue
		}
		f.differences = append(f.differences, difference{
			Difference{Code: FieldEnumMismatch, Facet: "enum", Declared: value.Value, Range: value.Range}, hint,
		})
	}
}

// unrecorded is for something that a snapshot of an earlier format lacks, and one that has
// every field.
func unrecorded(of string) *unknown {
	return unanswered(discovery.NotRecorded,
		"the snapshot does not have the rules that enum and required of "+of+" are judged by; record it again with this declaration")
}

// unjudged is for something that depends on schema rules that are not evaluated.
func unjudged(what string, rules []discovery.SchemaRule) *unknown {
	var keywords, hidden []string
	for _, rule := range rules {
		at := cmp.Or(rule.At, "its root")
		switch rule.Keyword {
		case "type":
			hidden = append(hidden, "the schema has no type at "+at)
		case "metadata":
			hidden = append(hidden, "the server has rules for metadata that it does not publish")
		case "unpublished":
			return unanswered(discovery.NotInCatalogue, what+" is known only from a cluster: Kubernetes does not publish which strings "+at+" may be")
		case "limit":
			hidden = append(hidden, "the schema has more rules for "+at+" than kreconcile evaluates")
		default:
			keywords = append(keywords, strconv.Quote(rule.Keyword)+" at "+at)
		}
	}
	if len(keywords) > 0 {
		hidden = append([]string{"the schema has " + list(keywords) + ", which kreconcile does not evaluate"}, hidden...)
	}
	return unanswered(discovery.UnjudgedRule, what+" is not known: "+strings.Join(hidden, "; "))
}

// openSchema is for a field at a place where the schema accepts anything.
func openSchema(path kubeapi.FieldPath, kind, at string) *unknown {
	return unanswered(discovery.OpenSchema,
		"the schema of "+kind+" takes anything at "+cmp.Or(at, "its root")+", so it does not say whether it has "+path.String())
}
