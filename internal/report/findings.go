package report

import "github.com/kreconcile/kreconcile/apply"

// ByReason returns what could not be determined itself, in groups with one reason and hint.
func ByReason(findings []apply.Finding) [][]apply.Finding {
	type reason struct{ message, hint string }
	var groups [][]apply.Finding
	at := map[reason]int{}
	for _, f := range findings {
		if f.Status != apply.StatusUndetermined || f.Cause != "" {
			continue
		}
		why := reason{f.Undetermined.Message, f.Undetermined.Hint}
		i, seen := at[why]
		if !seen {
			i = len(groups)
			at[why], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

// ByDeprecation returns what holds by a deprecated API, in groups with one API.
func ByDeprecation(findings []apply.Finding) [][]apply.Finding {
	var groups [][]apply.Finding
	at := map[apply.Deprecation]int{}
	for _, f := range findings {
		if f.Deprecation == nil {
			continue
		}
		i, seen := at[*f.Deprecation]
		if !seen {
			i = len(groups)
			at[*f.Deprecation], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

// CountUnder returns how many findings have each address as their cause.
func CountUnder(plan *apply.Plan) map[string]int {
	n := map[string]int{}
	for _, f := range plan.Findings {
		if f.Cause != "" {
			n[f.Cause]++
		}
	}
	return n
}
