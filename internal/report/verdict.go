package report

import (
	"fmt"
	"slices"

	"github.com/kreconcile/kreconcile/apply"
)

// NoVerdict is what there is to say of one of several targets that has no plan.
const NoVerdict = "No verdict."

// VerdictLine returns the verdict as text without colours.
func VerdictLine(t *Target) string { return Wording{}.Verdict(t) }

// Verdict returns a line with the verdict on a target.
func (w Wording) Verdict(t *Target) string {
	c := t.Verdict.Counts
	judged := c.Total - c.Skipped
	switch {
	case t.Verdict.UndeterminedAllowed:
		return w.Yellow(w.Bold("Allowed.")) + fmt.Sprintf(" %s could not be determined, which --allow-undetermined lets pass.",
			OfRequirements(c.Undetermined, judged))
	case t.Verdict.Deprecated:
		line := notDeprecated(t)
		if c.Undetermined > 0 {
			line += fmt.Sprintf(" %s could not be determined.", OfRequirements(c.Undetermined, judged))
		}
		return w.Red(w.Bold("Deprecated.")) + line + notAllowed(t)
	case t.Verdict.Status == apply.Drifted:
		line := fmt.Sprintf(" %s not as declared", IsOrAre(c.Drifted, judged))
		if c.Undetermined > 0 {
			line += fmt.Sprintf(", and %d could not be determined", c.Undetermined)
		}
		return w.Red(w.Bold("Drift.")) + line + "." + notDeprecated(t) + notAllowed(t)
	case t.Verdict.Unsettled:
		return w.Yellow(w.Bold("Undetermined.")) + fmt.Sprintf(" It takes %d passes in a row that are satisfied, and %s.",
			t.Wait.Consecutive, lastWere(t.Wait.Streak)) + notAllowed(t)
	case t.Verdict.Status == apply.StatusUndetermined:
		return w.Yellow(w.Bold("Undetermined.")) + fmt.Sprintf(" %s could not be determined.", OfRequirements(c.Undetermined, judged)) + notAllowed(t)
	case c.Warnings > 0 && c.Undetermined > 0:
		return w.Yellow(w.Bold("No drift that counts.")) + fmt.Sprintf(" %s not hold or could not be determined, as a warning only.",
			doOrDoes(c.Warnings, judged))
	case c.Warnings > 0:
		return w.Yellow(w.Bold("No drift that counts.")) + fmt.Sprintf(" %s not hold, as a warning only.", doOrDoes(c.Warnings, judged))
	case c.Total == 0:
		return w.Yellow(w.Bold("Nothing to check.")) + " The declaration requires nothing."
	case judged == 0:
		return w.Yellow(w.Bold("Nothing to check.")) + " Every requirement is skipped."
	default:
		subject := "The cluster"
		if t.Origin.Released() {
			subject = "Kubernetes " + t.Origin.Release.Version
		}
		return w.Green(w.Bold("No drift.")) + fmt.Sprintf(" %s serves what is declared: %s.", subject, holds(judged))
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
