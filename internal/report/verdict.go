package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
)

// NoVerdict is what there is to say of one of several targets that has no plan.
const NoVerdict = "No verdict."

// VerdictLine returns the verdict as text without colours.
func VerdictLine(t *Target) string { return Wording{}.Verdict(t) }

// Verdict returns a line with the verdict on a target.
func (w Wording) Verdict(t *Target) string {
	o := OutcomeOf(t)
	paint := w.Green
	switch o.Tone {
	case Good:
	case Doubtful:
		paint = w.Yellow
	case Bad:
		paint = w.Red
	}
	return strings.TrimSuffix(paint(w.Bold(o.Head+"."))+" "+o.Text, " ")
}

// Tone is what a verdict means for its reader.
type Tone int

// The tones.
const (
	// Good is a verdict without a but.
	Good Tone = iota
	// Doubtful is one that is neither good nor bad.
	Doubtful
	// Bad is a verdict that fails a gate.
	Bad
)

// Outcome is a verdict in words.
type Outcome struct {
	Tone Tone
	// Head is the verdict in a few words, such as "No drift". Text is the rest of
	// it, as sentences.
	Head, Text string
}

// OutcomeOf returns the verdict on a target that has one.
func OutcomeOf(t *Target) Outcome {
	tone, head, text := outcome(t)
	return Outcome{tone, head, strings.TrimSpace(text)}
}

func outcome(t *Target) (tone Tone, head, text string) {
	c := t.Verdict.Counts
	judged := c.Total - c.Skipped
	switch {
	case t.Verdict.UndeterminedAllowed:
		return Doubtful, "Allowed", fmt.Sprintf("%s could not be determined, which --allow-undetermined lets pass.",
			OfRequirements(c.Undetermined, judged))
	case t.Verdict.Deprecated:
		line := notDeprecated(t)
		if c.Undetermined > 0 {
			line += fmt.Sprintf(" %s could not be determined.", OfRequirements(c.Undetermined, judged))
		}
		return Bad, "Deprecated", line + notAllowed(t)
	case t.Verdict.Status == apply.Drifted:
		line := fmt.Sprintf("%s not as declared", IsOrAre(c.Drifted, judged))
		if c.Undetermined > 0 {
			line += fmt.Sprintf(", and %d could not be determined", c.Undetermined)
		}
		return Bad, "Drift", line + "." + notDeprecated(t) + notAllowed(t)
	case t.Verdict.Unsettled:
		return Doubtful, "Undetermined", fmt.Sprintf("It takes %d passes in a row that are satisfied, and %s.",
			t.Wait.Consecutive, lastWere(t.Wait.Streak)) + notAllowed(t)
	case t.Verdict.Status == apply.StatusUndetermined:
		return Doubtful, "Undetermined", fmt.Sprintf("%s could not be determined.", OfRequirements(c.Undetermined, judged)) + notAllowed(t)
	case c.Warnings > 0 && c.Undetermined > 0:
		return Doubtful, "No drift that counts", fmt.Sprintf("%s not hold or could not be determined, as a warning only.",
			doOrDoes(c.Warnings, judged))
	case c.Warnings > 0:
		return Doubtful, "No drift that counts", fmt.Sprintf("%s not hold, as a warning only.", doOrDoes(c.Warnings, judged))
	case c.Total == 0:
		return Doubtful, "Nothing to check", "The declaration requires nothing."
	case judged == 0:
		return Doubtful, "Nothing to check", "Every requirement is skipped."
	default:
		subject := "The cluster"
		if t.Origin.Released() {
			subject = "Kubernetes " + t.Origin.Release.Version
		}
		return Good, "No drift", fmt.Sprintf("%s serves what is declared: %s.", subject, holds(judged))
	}
}

// Rejected says that the gate fails because of deprecated APIs. It is empty if it does
// not.
func Rejected(plan *apply.Plan, verdict apply.Verdict) string {
	n := 0
	for _, findings := range ByDeprecation(plan.Findings) {
		if slices.ContainsFunc(findings, verdict.Fails) {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	how := "has deprecated"
	if by := verdict.Policy.RemovedBy; by.Major != 0 {
		how = by.String() + " does not have"
	}
	return "Kubernetes " + how + " " + plural(n, "API") + " that the declaration needs"
}

// notDeprecated is Rejected as a sentence that names the flag.
func notDeprecated(t *Target) string {
	text := Rejected(t.Plan, t.Verdict)
	if text == "" {
		return ""
	}
	flag := "--fail-on-deprecated"
	if by := t.Verdict.Policy.RemovedBy; by.Major != 0 {
		flag += "=" + by.String()
	}
	return " " + text + ", which " + flag + " does not let pass."
}

// notAllowed says why --allow-undetermined let nothing pass. It is empty if the flag
// was not given or changed the verdict.
func notAllowed(t *Target) string {
	const flag = " --allow-undetermined changed nothing: "
	switch v := t.Verdict; {
	case !v.Policy.AllowUndetermined:
		return ""
	case v.Unsettled:
		return flag + "--consecutive counts only satisfied passes."
	case v.Undetermined && t.Plan.Unanswered && t.Origin.Recorded():
		return flag + "the snapshot holds no answer of the cluster."
	case v.Undetermined && t.Plan.Unanswered:
		return flag + "the cluster answered nothing."
	case v.Undetermined:
		return flag + "it needs at least one requirement that could be determined, besides cluster.endpoint."
	case v.Status == apply.Drifted && v.Counts.Undetermined > 0:
		return " --allow-undetermined does not apply to drift."
	}
	return ""
}
