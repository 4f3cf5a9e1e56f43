package report

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Comparison is everything that a run of snapshot diff reports.
type Comparison struct {
	// Old and New say what was compared. Each is nil if it could not be read.
	Old, New *Origin
	// Result is nil if nothing was compared; Diagnostics say why.
	Result *compare.Result
	// Breaking is set if the result only has what can break a client.
	Breaking bool
	// ExitCode is the exit code of the process.
	ExitCode    int
	Diagnostics hcl.Diagnostics
}

// Verdict says in a sentence or two what came of the comparison, which has a result.
func (c *Comparison) Verdict() string {
	breaking := len(c.Result.Breaking().Changes)
	all, between := len(c.Result.Changes), fmt.Sprintf("from %s to %s", safe.Line(c.Old.Name()), safe.Line(c.New.Name()))
	var s string
	switch {
	case c.Breaking && all == 0:
		s = "No change " + between + " that can break a client was found."
	case all == 0:
		s = "No difference " + between + " was found."
	case c.Breaking:
		s = plural(all, "change") + " " + between + " can break a client."
	case breaking == 0:
		s = plural(all, "change") + " " + between + ". None can break a client."
	default:
		s = fmt.Sprintf("%s %s. %d can break a client.", plural(all, "change"), between, breaking)
	}
	if len(c.Result.Unknown) > 0 {
		s += " Not everything could be compared."
	}
	return s
}

// SideLine says what one of the two sides is.
func SideLine(o *Origin) string {
	if o.Released() {
		return fmt.Sprintf("what Kubernetes %s serves by default, as published with %s", o.Release.Version, o.Release.Source) + o.applied()
	}
	return strings.TrimSuffix(strings.TrimPrefix(o.Line(), "Read "), ".")
}

// Notes are sentences about what the comparison leaves out.
func (c *Comparison) Notes() []string {
	if c.Result.Fields {
		return nil
	}
	return []string{"Fields were not compared: neither side has any. Record them with kreconcile snapshot --fields all."}
}

// ChangeGroup is a change, and the places with the same change: several kinds may have the same
// object, such as a container, in several of their fields.
type ChangeGroup struct {
	compare.Change
	// More are the other places.
	More []string
}

// ChangeGroups puts changes of the same object together. The order is that of the first changes.
func ChangeGroups(changes []compare.Change) []*ChangeGroup {
	var groups []*ChangeGroup
	known := map[compare.Change]*ChangeGroup{}
	for _, change := range changes {
		// What is left is the same at all places.
		key := compare.Change{How: change.How, What: change.What, Old: change.Old, New: change.New, Of: change.Of}
		if g := known[key]; g != nil && change.Of != "" {
			g.More = append(g.More, GroupVersionOf(change)+" "+SubjectOf(change))
			continue
		}
		g := &ChangeGroup{Change: change}
		known[key] = g
		groups = append(groups, g)
	}
	return groups
}

// GroupVersionOf names the group version of a change, or its group.
func GroupVersionOf(c compare.Change) string {
	if c.What == compare.PreferredVersion {
		return safe.Line(c.GroupVersion.Group)
	}
	return safe.Line(c.GroupVersion.String())
}

// SubjectOf names what changed within its group version. It is empty if that is the group version.
func SubjectOf(c compare.Change) string {
	switch {
	case c.Subresource != "":
		return safe.Line(c.Resource + "/" + c.Subresource)
	case c.Resource != "":
		return safe.Line(c.Resource)
	}
	// What has a kind and no resource is a field, or the root of the kind.
	return safe.Line(strings.TrimSpace(c.Kind + " " + c.Name))
}

// ChangeText says what changed about the subject.
func ChangeText(c compare.Change) string {
	value := c.Old
	if c.How == compare.Added {
		value = c.New
	}
	var what string
	switch c.What {
	case compare.GroupVersion:
		what = "the group version"
	case compare.PreferredVersion:
		what = "preferred version"
	case compare.Resource, compare.Subresource, compare.Field:
	case compare.Scope, compare.Kind, compare.Verb:
		what = string(c.What)
	case compare.ShortName:
		what = "short name"
	case compare.FieldType:
		what = "type"
	case compare.FieldRequired:
	case compare.FieldEnum:
		what = "values"
	default:
		panic("report: unknown " + string(c.What))
	}
	switch {
	case c.How == compare.Changed:
		value = safe.Line(c.Old) + " -> " + safe.Line(c.New)
	case value == "":
	case c.What == compare.Verb, c.What == compare.ShortName:
		value = safe.Line(value)
	default:
		value = "(" + safe.Line(value) + ")"
	}
	return strings.TrimSpace(what + " " + value)
}

// Places says at how many more places the same changed.
func (g *ChangeGroup) Places() string {
	switch len(g.More) {
	case 0:
		return ""
	case 1:
		return "also in " + g.More[0]
	}
	return fmt.Sprintf("also at %d more places", len(g.More))
}

// GapText says what was not compared, and GapReason why.
func GapText(g compare.Gap) string {
	s := strings.ReplaceAll(safe.Line(g.What), "_", " ")
	if len(g.Names) == 0 {
		return s
	}
	const shown = 3
	var names []string
	for _, name := range g.Names[:min(len(g.Names), shown)] {
		names = append(names, safe.Line(name))
	}
	s += ": " + strings.Join(names, ", ")
	if more := len(g.Names) - shown; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}

// GapReason says which side does not know it, and why.
func (c *Comparison) GapReason(g compare.Gap) string {
	side := c.New
	if g.Old {
		side = c.Old
	}
	return safe.Line(side.Name()) + ": " + safe.Line(g.Failure.Message)
}
