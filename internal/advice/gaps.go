package advice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
)

// Gaps warns about what a new snapshot lacks, and says what to do about it. plan is
// the plan of the declaration that the snapshot was recorded for.
func Gaps(s *discovery.Snapshot, plan *apply.Plan, origin *report.Origin) hcl.Diagnostics {
	addresses := map[string][]string{}
	for _, f := range plan.Findings {
		if u := f.Undetermined; u != nil {
			addresses[u.Message] = append(addresses[u.Message], f.Address)
		}
	}
	var diags hcl.Diagnostics
	said := map[string]bool{}
	warn := func(u apply.Undetermined, summary, before string) {
		if said[u.Message] {
			return
		}
		said[u.Message] = true
		d := notRecorded(hcl.DiagWarning, &u, origin)
		d.Summary, d.Detail = summary, before+d.Detail
		if of := addresses[u.Message]; len(of) > 0 {
			d.Detail += " Without it, the snapshot does not decide " + few(of) + "."
		}
		diags = append(diags, d)
	}
	for _, f := range unknown(s) {
		warn(*undetermined(f), "Not recorded", "")
	}
	if f := s.Confirmed.Unknown(); f != nil {
		warn(*undetermined(f), "Absence not confirmed",
			"What the snapshot lacks will be undetermined rather than absent. ")
	}
	for _, f := range plan.Findings {
		if f.Undetermined != nil && !recordedAsItIs(f.Undetermined, s) {
			warn(*f.Undetermined, "Not recorded", "")
		}
	}
	return diags
}

// unknown returns the reason for each fact that was asked for and is not in the
// snapshot.
func unknown(s *discovery.Snapshot) []*discovery.Failure {
	all := []*discovery.Failure{s.Version.Unknown(), s.ServerAddresses.Unknown()}
	for _, group := range append([]discovery.Group{s.Core.Value}, s.Named.Value...) {
		for _, v := range group.Versions {
			all = append(all, v.Resources.Unknown())
		}
	}
	listed := len(all)
	for _, answer := range s.Reviews {
		all = append(all, answer.Unknown())
	}
	for _, field := range s.Fields {
		all = append(all, field.Unknown())
	}
	for _, schemas := range s.Schemas {
		all = append(all, schemas.Unknown())
	}
	for _, available := range s.Available {
		all = append(all, available.Unknown())
	}
	isNil := func(f *discovery.Failure) bool { return f == nil }
	maps := slices.DeleteFunc(all[listed:], isNil)
	slices.SortFunc(maps, func(a, b *discovery.Failure) int { return strings.Compare(a.Message, b.Message) })
	return append(slices.DeleteFunc(slices.Clone(all[:listed]), isNil), maps...)
}

// recordedAsItIs reports whether the snapshot has the fact and the fact decides
// nothing, so that another recording would not help.
func recordedAsItIs(u *apply.Undetermined, s *discovery.Snapshot) bool {
	if slices.Contains([]discovery.FailureCode{discovery.OpenSchema, discovery.UnjudgedRule, discovery.EvaluationFailed}, u.Code) {
		return true
	}
	return u.Code == discovery.InvalidResponse && s.Version.Known && failureOf(u).Request == "GET /version"
}

func undetermined(f *discovery.Failure) *apply.Undetermined {
	return &apply.Undetermined{Code: f.Code, Message: f.Message, Failure: f}
}

// NotRecorded makes a diagnostic for a fact that cannot be recorded.
func NotRecorded(f *discovery.Failure, origin *report.Origin) *hcl.Diagnostic {
	return notRecorded(hcl.DiagError, undetermined(f), origin)
}

func notRecorded(severity hcl.DiagnosticSeverity, u *apply.Undetermined, origin *report.Origin) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: severity, Summary: "Not recorded", Detail: report.Sentence(u.Message)}
	if hint := hint(u, origin, ""); hint != "" {
		// A hint may begin with a command or a flag, which must not be capitalized.
		d.Detail += " Hint: " + hint + "."
	}
	return d
}

// few lists the first of several addresses.
func few(addresses []string) string {
	const shown = 3
	list := strings.Join(addresses[:min(len(addresses), shown)], ", ")
	if more := len(addresses) - shown; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}
