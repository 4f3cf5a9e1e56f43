package apply

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// field judges a field of the kind of a served resource. It may must be asked
// for first.
func (j *judge) field(f *config.Field, gv kubeapi.GroupVersion, served *discovery.Resource) judged {
	switch {
	case !f.Enabled:
		return judged{Finding: skipped(f.Requirement)}
	case served.Kind == "":
		return judged{Finding: undetermined(f.Requirement, untold("the kind of "+served.Name))}
	}
	query := discovery.FieldQuery{GroupVersion: gv, Kind: served.Kind, Path: f.Path.String()}
	fact := j.snapshot.Fields[query]
	if !fact.Asked() && !j.wanted[query] {
		if j.wanted == nil {
			j.wanted = map[discovery.FieldQuery]bool{}
		}
		j.wanted[query] = true
		j.needs.Fields = append(j.needs.Fields, query)
	}
	if failure := fact.Unknown(); failure != nil {
		return judged{Finding: undetermined(f.Requirement, failure)}
	}
	found := fact.Value
	switch found.Presence {
	case discovery.FieldOpen:
		return judged{Finding: undetermined(f.Requirement, openSchema(f.Path, served.Kind, found.At))}
	case discovery.FieldAbsent:
		if !f.Served {
			return judged{Finding: holdsAbsent(f.Requirement), absence: true}
		}
		return judged{Finding: j.drifted(f.Requirement, Difference{
			Code: FieldNotServed, Declared: query.Path, Found: shown(found.At), Hint: j.fieldHint(f.Path, found), Range: f.Range,
		})}
	case discovery.FieldPresent:
	default:
		panic("apply: unknown presence " + string(found.Presence))
	}
	if !f.Served {
		return judged{Finding: j.drifted(f.Requirement, Difference{Code: FieldServed, Found: query.Path, Range: f.Range})}
	}
	return judged{Finding: j.fieldFacets(f, found)}
}

// fieldFacets judges a field that is there.
func (j *judge) fieldFacets(declared *config.Field, found discovery.Field) Finding {
	f := facets{judge: j, of: declared.Path.String()}
	if t := declared.Type; t != nil && t.Value != found.Type {
		if found.Type == "" {
			f.untold = untold("the type of " + f.of)
		} else {
			f.differs(Difference{
				Code: FieldTypeMismatch, Facet: "type", Declared: t.Value, Found: shown(found.Type), Range: t.Range,
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
		f.untold = unrecorded(f.of)
	case !found.Required && len(found.RequiredRules) > 0:
		f.untold = unjudged("whether "+f.of+" is required", found.RequiredRules)
	case declared.Value != found.Required:
		f.differs(Difference{
			Code: FieldRequiredMismatch, Facet: "required", Range: declared.Range,
			Declared: strconv.FormatBool(declared.Value), Found: strconv.FormatBool(found.Required),
		})
	}
}

// enum gives a difference for each declared value that the field may not have. What
// is declared are strings, which nothing but a string is.
func (f *facets) enum(declared []config.Value[string], found discovery.Field) {
	isString := found.Type == "" || found.Type == "string" || found.Type == "int-or-string"
	for _, value := range declared {
		var hint string
		switch {
		case !isString:
			hint = f.of + " is of type " + shown(found.Type)
		case found.Partial:
			f.untold = unrecorded(f.of)
			continue
		case found.Enum != nil && !slices.Contains(found.Enum, value.Value):
			hint = f.judge.enumHint(value.Value, found.Enum)
		case len(found.EnumRules) > 0:
			f.untold = unjudged("whether "+f.of+" may be "+strconv.Quote(shown(value.Value)), found.EnumRules)
			continue
		default:
			continue
		}
		f.differs(Difference{Code: FieldEnumMismatch, Facet: "enum", Declared: value.Value, Hint: hint, Range: value.Range})
	}
}

func (j *judge) enumHint(value string, served []string) string {
	if hint := j.didYouMean(value, served); hint != "" {
		return hint
	}
	if len(served) == 0 {
		return "it may be no string"
	}
	return "it may be " + alternatives(served)
}

// unrecorded is the failure to learn something that a snapshot of an earlier format
// does not hold.
func unrecorded(of string) *discovery.Failure {
	return &discovery.Failure{
		Code:    discovery.NotRecorded,
		Message: "the snapshot has an earlier format, without the rules that enum and required of " + of + " are judged by; record it again",
	}
}

// unjudged is the failure to learn something that depends on rules of the schema
// that are not evaluated.
func unjudged(what string, rules []discovery.SchemaRule) *discovery.Failure {
	var keywords, hidden []string
	for _, rule := range rules {
		at := shown(rule.At)
		if rule.At == "" {
			at = "its root"
		}
		switch rule.Keyword {
		case "type":
			hidden = append(hidden, "the schema has no type at "+at)
		case "metadata":
			hidden = append(hidden, "the server has rules for metadata that it does not publish")
		case "limit":
			hidden = append(hidden, "the schema has more rules for "+at+" than kreconcile evaluates")
		default:
			keywords = append(keywords, strconv.Quote(shown(rule.Keyword))+" at "+at)
		}
	}
	if len(keywords) > 0 {
		hidden = append([]string{"the schema has " + list(keywords) + ", which kreconcile does not evaluate"}, hidden...)
	}
	return &discovery.Failure{
		Code: discovery.UnjudgedRule, Message: what + " could not be determined: " + strings.Join(hidden, "; "),
	}
}

// openSchema is the failure to learn whether a field is there from a schema that
// takes anything at that place.
func openSchema(path kubeapi.FieldPath, kind, at string) *discovery.Failure {
	where := shown(at)
	if at == "" {
		where = "its root"
	}
	return &discovery.Failure{
		Code:    discovery.OpenSchema,
		Message: "the schema of " + kind + " takes anything at " + where + ", so that it does not tell of " + path.String(),
	}
}

// fieldHint gives the path with the name that was probably meant, where the schema
// has one like it, else says how far it goes.
func (j *judge) fieldHint(path kubeapi.FieldPath, found discovery.Field) string {
	goes := 0 // steps that the schema has
	if at, err := kubeapi.ParseFieldPath(found.At); err == nil {
		goes = len(at)
	}
	if goes >= len(path) {
		return ""
	}
	step := path[goes]
	if step.Kind == kubeapi.StepField && len(found.Siblings) > 0 {
		if j.compared += len(found.Siblings); j.compared <= maxCompared {
			if like := nearest.Name(step.Name, found.Siblings); like != "" {
				meant := append(kubeapi.FieldPath{}, path...)
				meant[goes].Name = like
				return "did you mean " + meant.String()
			}
		}
	}
	at := shown(found.At)
	switch {
	case found.Type == "array" && step.Kind != kubeapi.StepItems:
		return at + " is an array, whose items are " + at + "[]"
	case len(found.Siblings) > 0 && step.Kind != kubeapi.StepField:
		return at + " is an object with fields of its own"
	case len(found.Siblings) > 0 && found.At == "":
		return "there is " + list(found.Siblings)
	case len(found.Siblings) > 0:
		return at + " has " + list(found.Siblings)
	case found.Type != "" && found.At != "":
		return at + " is of type " + shown(found.Type)
	}
	return ""
}
