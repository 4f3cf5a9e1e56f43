package explanation

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/internal/explain"
	"github.com/kreconcile/kreconcile/internal/view/safe"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Text writes an answer for people.
func Text(w io.Writer, a *explain.Answer, style safe.Style) error {
	t := text{Answer: a, Style: style}
	if a.API != "" {
		t.api()
	} else {
		if len(a.Kinds) > 1 {
			t.versions()
		}
		first := firstWithField(a)
		if first == nil {
			first = &a.Kinds[0]
		}
		t.kind(first)
	}
	t.line("")
	footer := "From what Kubernetes " + a.Oldest.String() + " to " + a.Newest.String() + " publish."
	if firstWithField(a) != nil {
		footer += " A release has a field if its schema has it; a feature gate may still switch it off."
	}
	t.line(t.Faint(footer))
	_, err := io.WriteString(w, t.String())
	return err
}

// firstWithField returns the first kind that has the field that was asked for, or nil if no field
// was.
func firstWithField(a *explain.Answer) *explain.Kind {
	for i := range a.Kinds {
		if a.Kinds[i].Field != nil {
			return &a.Kinds[i]
		}
	}
	return nil
}

// text is the text so far.
type text struct {
	*explain.Answer
	safe.Style
	strings.Builder
}

func (t *text) line(s string) { t.WriteString(s + "\n") }

// api writes the kinds of a group or a group version.
func (t *text) api() {
	t.line(t.Bold(t.API))
	table := [][]string{{"API VERSION", "KIND", "RESOURCE", "SINCE", "BY DEFAULT", "DEPRECATED", "REMOVED", "USE INSTEAD"}}
	for i := range t.Kinds {
		k := &t.Kinds[i]
		resource := strings.Join(append([]string{k.Resource}, k.ShortNames...), ", ")
		table = append(table, slices.Concat([]string{k.GroupVersion.String(), k.Name, resource}, t.life(k)))
	}
	if strings.Contains(t.API, "/") || t.API == "v1" {
		for i := range table {
			table[i] = table[i][1:]
		}
	}
	t.table(table)
}

// versions writes the group versions of a kind.
func (t *text) versions() {
	t.line(t.Bold(t.Kinds[0].Name))
	field := firstWithField(t.Answer)
	table := [][]string{{"API VERSION", "SINCE", "BY DEFAULT", "DEPRECATED", "REMOVED", "USE INSTEAD", "FIELD SINCE"}}
	for i := range t.Kinds {
		k := &t.Kinds[i]
		row := append([]string{k.GroupVersion.String()}, t.life(k)...)
		switch {
		case k.Field != nil:
			row = append(row, since(k.Field.Span))
		case field != nil && k.From.Major == 0:
			row = append(row, "not known")
		case field != nil:
			row = append(row, "never")
		default:
			row = append(row, "")
		}
		table = append(table, row)
	}
	t.table(table)
	t.line("")
}

// life returns the cells about the life of a kind.
func (t *text) life(k *explain.Kind) []string {
	return []string{since(k.Span), byDefault(k.Serving), t.release(k.Life.Deprecated), t.release(k.Life.Removed), instead(k)}
}

// release names a release of a lifecycle, which may be one to come.
func (t *text) release(v kubeapi.Version) string {
	switch {
	case v.Major == 0:
		return ""
	case v.Minor > t.Newest.Minor:
		return "planned for " + v.String()
	}
	return v.String()
}

func instead(k *explain.Kind) string {
	switch {
	case k.Life.ReplacementKind == "":
		return ""
	case k.Life.ReplacementKind == k.Name:
		return k.Life.Replacement.String()
	}
	return k.Life.Replacement.String() + " " + k.Life.ReplacementKind
}

// kind writes all about a kind in one group version, or about its field.
func (t *text) kind(k *explain.Kind) {
	title := k.GroupVersion.String() + " " + k.Name
	if k.Field != nil {
		title += " " + k.Field.Path
	}
	t.line(t.Bold(title))
	t.line("")
	rows := t.lifeRows(k)
	fields, of, span := k.Fields, "", k.Span
	if f := k.Field; f != nil {
		rows = slices.Concat(t.fieldRows(f), rows)
		fields, of, span = f.Fields, " of "+f.Inner, f.Span
	} else {
		rows = append(rows, t.resourceRows(k)...)
	}
	t.aligned(rows)
	if k.From.Major == 0 && k.Until.Major == 0 {
		t.line("  No release from " + t.Oldest.String() + " to " + t.Newest.String() + " has a resource of this kind in " + k.GroupVersion.String() + ".")
	}
	if len(fields) > 0 {
		t.line("")
		t.line("  " + t.Faint("FIELDS"+of))
		t.fields(fields, span)
	}
	if k.Field != nil || len(k.Satisfied) > 0 {
		t.declaration(k)
	}
}

func (t *text) fieldRows(f *explain.Field) [][]string {
	rows := [][]string{{"type", f.Type}, {"required", yesNo(f.Required)}, {"since", since(f.Span)}, {"until", t.until(f.Span)}}
	return append(rows, changed(f.Changes)...)
}

// lifeRows is about the kind: of a field, only what is not as usual.
func (t *text) lifeRows(k *explain.Kind) [][]string {
	var rows [][]string
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, value})
		}
	}
	if k.Field == nil {
		add("since", since(k.Span))
		if k.From.Major != 0 || k.Until.Major != 0 {
			add("until", t.until(k.Span))
		}
	}
	if k.Field == nil || byDefault(k.Serving) != "on" {
		name := "by default"
		for _, p := range k.Serving {
			add(name, t.period(k, p))
			name = ""
		}
	}
	add("deprecated", t.release(k.Life.Deprecated))
	add("removed", t.release(k.Life.Removed))
	add("use instead", instead(k))
	return rows
}

// period says how releases serve a kind. It names them if others serve it in another way.
func (t *text) period(k *explain.Kind, p explain.Period) string {
	how := "on"
	if !p.Default {
		how = "off; switch it on with " + p.Switch.String()
	}
	switch {
	case len(k.Serving) == 1:
		return how
	case p.To == t.Newest:
		return "from " + p.From.String() + ": " + how
	case p.From == p.To:
		return "in " + p.From.String() + ": " + how
	}
	return p.From.String() + " to " + p.To.String() + ": " + how
}

func (t *text) resourceRows(k *explain.Kind) [][]string {
	if k.Resource == "" {
		return nil
	}
	rows := [][]string{{"resource", k.Resource}}
	if len(k.ShortNames) > 0 {
		rows = append(rows, []string{"short names", strings.Join(k.ShortNames, ", ")})
	}
	rows = append(rows, []string{"scope", string(k.Scope)}, []string{"verbs", strings.Join(k.Verbs, ", ")})
	var subresources []string
	for _, s := range k.Subresources {
		subresources = append(subresources, t.subresource(k, s))
	}
	if len(subresources) > 0 {
		rows = append(rows, []string{"subresources", strings.Join(subresources, ", ")})
	}
	return append(rows, changed(k.Changes)...)
}

// subresource writes a name, and in brackets what differs from the resource.
func (t *text) subresource(k *explain.Kind, s explain.Subresource) string {
	notes := t.notes(s.Span, k.Span)
	if own := byDefault(s.Serving); own != byDefault(k.Serving) {
		notes = append(notes, "by default "+own)
	}
	if notes == nil {
		return s.Name
	}
	return s.Name + " (" + strings.Join(notes, "; ") + ")"
}

// notes says how a span differs from that of what is around it.
func (t *text) notes(s, around explain.Span) []string {
	var notes []string
	if s.From != around.From {
		notes = append(notes, "since "+s.From.String())
	}
	if s.To != around.To {
		notes = append(notes, "until "+s.To.String())
	}
	return notes
}

func (t *text) fields(fields []explain.Field, around explain.Span) {
	var table [][]string
	for _, f := range fields {
		var notes []string
		changed := slices.ContainsFunc(f.Changes, func(c explain.Change) bool { return c.Facet == "required" })
		if f.Required && !changed {
			notes = append(notes, "required")
		}
		notes = append(notes, t.notes(f.Span, around)...)
		for _, c := range f.Changes {
			notes = append(notes, changeText(c))
		}
		table = append(table, []string{f.Name, f.Type, strings.Join(notes, "; ")})
	}
	t.aligned(table)
}

// declaration writes how to require it, and which releases satisfy that.
func (t *text) declaration(k *explain.Kind) {
	field := " {}\n"
	if k.Field != nil {
		field = " {\n      field " + strconv.Quote(k.Field.Path) + " {}\n    }\n"
	}
	t.WriteString("\n  " + t.Faint("IN A DECLARATION") +
		"\n  api " + strconv.Quote(k.GroupVersion.String()) + " {\n    kind " + strconv.Quote(k.Name) + field + "  }\n" +
		"\n  " + t.Faint("IN CHART.YAML") + "\n")
	if constraint := t.KubeVersion(k); constraint != "" {
		line := "  kubeVersion: " + strconv.Quote(constraint)
		if k.Satisfied[0] == t.Oldest {
			line += " " + t.Faint("# kreconcile knows no older release")
		}
		t.line(line)
	} else {
		t.line("  No release serves it by default.")
	}
}
