package releaserange

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/support"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Text writes the result of range for people.
func Text(w io.Writer, r *report.Range, o console.Options) error {
	if r.Support == nil {
		return nil
	}
	p := printer{console.New(w, o.Color)}
	switch line := r.Support.Line(); {
	case !r.Support.Determined:
		p.Line(p.Yellow(p.Bold("Undetermined.")) + " A release alone determines no requirement of the declaration.")
	case r.Chart != nil:
		p.chart(r)
	case len(line) == 0:
		p.Line(p.Red(p.Bold("No release satisfies the declaration.")) + " These come closest:")
		p.breaks(r.Support.Best(), r.Sources)
	default:
		p.supported(line, r)
	}
	p.unjudged(r.Support)
	return p.Err
}

// printer writes about releases.
type printer struct{ console.Printer }

// maxBreaks is how many requirements are shown for one release. plan shows all.
const maxBreaks = 10

// supported writes the line for a chart, and what sets its bounds.
func (p *printer) supported(line support.Line, r *report.Range) {
	if first := line[0]; len(line) == 1 && first.Before == nil && first.After == nil {
		p.Line(p.Green(p.Bold("Every release that kreconcile knows satisfies the declaration:")) + " " + first.String() + ".")
	} else {
		p.Line(p.Green(p.Bold(releasesSatisfy(line))) + " the declaration.")
	}
	p.kubeVersion("", line)
	for _, span := range line {
		if span.Before == nil {
			p.Line(fmt.Sprintf("\n%s: %s is the oldest release that kreconcile knows, and older ones were not judged.", span.From(), span.First))
		} else {
			p.bound(span.From(), *span.Before, r.Sources)
		}
		if span.After == nil {
			p.Line(fmt.Sprintf("\nNo upper bound: %s is the newest release that kreconcile knows, and newer ones were not judged.", span.Last.Release))
		} else {
			p.bound(span.To(), *span.After, r.Sources)
		}
	}
}

// kubeVersion writes a line of Chart.yaml, which is easy to copy.
func (p *printer) kubeVersion(before string, line support.Line) {
	p.Line("")
	text := line.KubeVersion()
	if text == "" {
		p.Line(p.Yellow("No kubeVersion: ") + fmt.Sprintf("it would have %d bytes in %d parts. In Helm, %s.", len(line.String()), len(line), support.ErrTooLong))
		return
	}
	if before != "" {
		p.Line(before)
		p.Line("")
	}
	p.Line(p.Bold("kubeVersion: " + strconv.Quote(text)))
}

// bound writes why a bound is where it is.
func (p *printer) bound(text string, next support.Part, sources config.Sources) {
	p.Line("")
	p.Line(fmt.Sprintf("%s, because %s breaks %s:", text, next, report.Requirements(len(next.Breaks))))
	p.breaks([]support.Part{next}, sources)
}

// breaks writes what parts of releases break, each once.
func (p *printer) breaks(parts []support.Part, sources config.Sources) {
	var texts []string
	on := map[string][]support.Part{}
	more := 0
	for _, part := range parts {
		for i, f := range part.Breaks {
			var b bytes.Buffer
			one := console.Printer{W: &b, Wording: report.Wording{
				Style: p.Style, Merged: len(parts) > 1, Origin: &report.Origin{Release: &report.Release{Version: part.String()}},
			}}
			one.Drift(&apply.Plan{Findings: []apply.Finding{f.Finding}}, report.ExcerptsOf(sources), map[string]int{f.Address: f.Under})
			text := b.String()
			switch {
			case on[text] == nil && i >= maxBreaks:
				more++
				continue
			case on[text] == nil:
				texts = append(texts, text)
			}
			on[text] = append(on[text], part)
		}
	}
	for _, text := range texts {
		p.Lines(text)
		if len(parts) > 1 {
			p.Line("      " + p.Faint("on "+support.Parts(on[text])))
		}
	}
	if more > 0 {
		p.Line(fmt.Sprintf("\n  and %d more: kreconcile plan --release %s", more, parts[0].Release))
	}
}

// chart writes whether a chart allows only what satisfies the declaration.
func (p *printer) chart(r *report.Range) {
	c := r.Chart
	place := safe.Line(c.Path)
	if c.LineNumber > 0 {
		place += ":" + strconv.Itoa(c.LineNumber)
	}
	promise := p.Faint(place+":") + " kubeVersion: " + strconv.Quote(safe.Line(c.KubeVersion.String()))
	before := "Write instead:"
	if c.KubeVersion.String() == "" {
		promise = p.Faint(place+":") + " no kubeVersion, which allows every release"
		before = "Add:"
	}
	switch {
	case len(c.Broken) > 0:
		p.Line(p.Red(p.Bold("Drift.")) + fmt.Sprintf(" The chart allows %s, where the declaration does not hold.", support.Parts(c.Broken)))
	case !c.Judged:
		p.Line(p.Yellow(p.Bold("Undetermined.")) + " No release that the chart allows could be judged.")
	default:
		p.Line(p.Green(p.Bold("Success!")) + " The declaration holds on each release that kreconcile knows and the chart allows.")
	}
	p.Line("  " + promise)
	var first []support.Part
	for _, part := range c.Broken {
		part.Breaks = part.Breaks[:1]
		first = append(first, part)
	}
	p.breaks(first, r.Sources)
	if len(c.Broken) > 0 && len(c.Line) > 0 {
		p.kubeVersion(before, c.Line)
	}
	p.notes(r)
}

// notes writes what does not change the outcome of --check.
func (p *printer) notes(r *report.Range) {
	c := r.Chart
	var notes []string
	if len(c.Suffixed) > 0 {
		notes = append(notes, "Helm takes a version with a suffix for an earlier one, so the chart allows "+strings.Join(c.Suffixed, ", ")+".")
	}
	if len(c.Broken) > 0 && len(c.Line) == 0 {
		notes = append(notes, "No release satisfies the declaration.")
	}
	if len(c.More) > 0 {
		notes = append(notes, "It also holds on "+support.Names(c.More)+", which the chart does not allow.")
	}
	if c.Older {
		notes = append(notes, "The chart also allows releases before "+r.Support.Releases[0].String()+", which were not judged.")
	}
	if len(c.Broken) == 0 && !c.KubeVersion.Vendors() {
		notes = append(notes, "Helm refuses versions with a suffix, such as 1.31.4-gke.1, by this constraint. End its versions with -0.")
	}
	for i, note := range notes {
		if i == 0 {
			p.Line("")
		}
		p.Line(p.Faint("Note: ") + note)
	}
}

// unjudged lists briefly what releases do not determine.
func (p *printer) unjudged(s *support.Support) {
	type thing struct{ noun, on string }
	var things []thing
	counts := map[thing]int{}
	for _, u := range s.Unjudged {
		t := thing{noun: unjudgedNoun(u)}
		if !u.All {
			t.on = " on " + support.Names(u.Releases)
		}
		if counts[t]++; counts[t] == 1 {
			things = append(things, t)
		}
	}
	if len(things) == 0 {
		return
	}
	var list []string
	for _, t := range things {
		text := t.noun
		if !strings.Contains(t.noun, " ") { // it is no name
			text = fmt.Sprintf("%d %s", counts[t], t.noun)
			if counts[t] > 1 {
				text += "s"
			}
		}
		list = append(list, text+t.on)
	}
	some := s.Unjudged[0].Releases
	p.Line("")
	p.Line(p.Yellow("Not judged: ") + strings.Join(list, ", ") + ".")
	p.Line(p.Faint(fmt.Sprintf("'kreconcile plan --release %s' shows why.", some[len(some)-1])))
}

// unjudgedNoun says what kind of thing a requirement is about, or names it if there is only one.
func unjudgedNoun(u support.Unjudged) string {
	switch {
	case u.Group != "":
		return "the group " + safe.Line(u.Group) + " (add --crds PATH)"
	case u.Type == config.TypeEndpoint:
		return "the endpoint"
	case u.Type == config.TypeServerAddress:
		return "the server's addresses"
	case u.Type == config.TypeKubernetes:
		return "the version"
	case u.Type == config.TypeAPI:
		return "API"
	}
	return string(u.Type)
}

// releasesSatisfy begins a sentence about the releases of a line.
func releasesSatisfy(line support.Line) string {
	names := line.Names()
	if strings.Contains(names, " ") {
		return "Releases " + names + " satisfy"
	}
	return "Release " + names + " satisfies"
}
