package report

import (
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Wording puts what is wrong on a target into words, which are safe to print.
type Wording struct {
	safe.Style
	// Origin is that of the target, and may be nil.
	Origin *Origin
	// Merged is set if what is written may be about several targets.
	Merged bool
}

// Mark returns a sign for the change that the cluster would need: missing, present
// though it must not be, or different.
func (w Wording) Mark(d apply.Difference) string {
	switch {
	case d.Found == "", d.Code == apply.FieldNotServed:
		return w.Red("-")
	case d.Declared == "":
		return w.Red("+")
	}
	return w.Yellow("~")
}

// Sentence says what is wrong with a requirement as a whole.
func (w Wording) Sentence(d apply.Difference) string {
	var s string
	switch d.Code {
	case apply.GroupVersionServed, apply.ResourceServed, apply.KindServed, apply.SubresourceServed, apply.FieldServed:
		s = "is served, and must not be"
	case apply.GroupVersionNotServed, apply.ResourceNotServed, apply.KindNotServed, apply.SubresourceNotServed:
		s = "is not served"
	case apply.PermissionDenied:
		s = "is not allowed: " + safe.Line(d.Declared)
	case apply.AssertFailed:
		s = "does not hold"
		if d.Hint != "" {
			return s + ": " + safe.Line(d.Hint)
		}
	case apply.FieldNotServed:
		s = "is not in the schema"
	case apply.EndpointMismatch:
		s = fmt.Sprintf("is %s, but the connection is to %s", safe.Line(d.Declared), safe.Line(d.Found))
		if w.Origin.Recorded() {
			s = fmt.Sprintf("is %s, but the snapshot is of %s", safe.Line(d.Declared), safe.Line(d.Found))
		}
	case apply.ServerAddressMismatch:
		s = fmt.Sprintf("is %s, but the server publishes %s", safe.Line(d.Declared), orNone(safe.Line(d.Found)))
	case apply.KubernetesMismatch:
		switch {
		case w.Origin.Released() && w.Merged:
			s = fmt.Sprintf("requires %s, which the release does not meet", safe.Line(d.Declared))
		case w.Origin.Released():
			s = fmt.Sprintf("is %s, but the release is %s", safe.Line(d.Declared), safe.Line(d.Found))
		default:
			s = fmt.Sprintf("is %s, but the server is %s", safe.Line(d.Declared), safe.Line(d.Found))
		}
	case apply.PreferredMismatch, apply.KindMismatch, apply.ScopeMismatch, apply.VerbNotServed,
		apply.FieldTypeMismatch, apply.FieldEnumMismatch, apply.FieldRequiredMismatch:
		panic("report: " + string(d.Code) + " is about a facet")
	default:
		panic("report: unknown code " + string(d.Code))
	}
	return s + w.hint(d.Hint)
}

// Facet says what was declared and found of one facet.
func (w Wording) Facet(d apply.Difference) string {
	if d.Found == "" {
		return d.Facet + ": " + safe.Line(d.Declared) + w.hint(d.Hint)
	}
	return d.Facet + ": " + safe.Line(d.Declared) + " -> " + safe.Line(d.Found) + w.hint(d.Hint)
}

func (w Wording) hint(text string) string {
	if text == "" {
		return ""
	}
	return w.Faint(" (" + safe.Line(text) + ")")
}

// Severity marks a finding that is only a warning.
func (w Wording) Severity(f apply.Finding) string {
	if f.Severity == config.SeverityWarning {
		return w.Yellow(" (warning)")
	}
	return ""
}

// difference says what is wrong with a requirement, or with a facet of it.
func (w Wording) difference(d apply.Difference) string {
	if d.Facet == "" {
		return w.Sentence(d)
	}
	return w.Facet(d)
}

// Held returns the value of a requirement that holds. For an assert it is the
// condition.
func (w Wording) Held(f apply.Finding, excerpts Excerpts) string {
	h := f.Held
	switch {
	case h == nil:
		return ""
	case h.Absent:
		return " is not served"
	case h.Condition != nil:
		code := Condition(*h.Condition, excerpts)
		if code == "" {
			return ""
		}
		return " " + safe.Line(code)
	}
	s := ""
	if h.Declared != "" {
		s = " " + safe.Line(h.Declared)
	}
	if h.Found != "" && h.Found != h.Declared {
		s += w.Faint(" (" + safe.Line(h.Found) + ")")
	}
	return s
}

// Nothing returns the words for nothing declared, and for nothing found.
func Nothing(d apply.Difference) (declared, found string) {
	switch d.Code { //nolint:exhaustive // the words for all others depend on the ending of the code
	case apply.PermissionDenied:
		return "allowed", "not allowed"
	case apply.AssertFailed:
		return "to hold", "does not hold"
	case apply.FieldEnumMismatch:
		return "none", "not a possible value"
	case apply.FieldNotServed:
		return "none", "not in the schema"
	default:
		if strings.HasSuffix(string(d.Code), "served") {
			return "not to be served", "not served"
		}
		return "none", "none"
	}
}
