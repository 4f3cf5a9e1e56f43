package merge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/report"
)

// AddMissing adds a warning, and a target without a verdict, if parts of --shard have no result. It reports whether that
// is so. Parts of different numbers, such as of 4 and of 5, belong to different runs.
func AddMissing(r *report.Report, results []Result) bool {
	var numbers []int
	there := map[int][]int{}
	for _, one := range results {
		if s := one.Report.Shard; s != nil {
			if there[s.Of] == nil {
				numbers = append(numbers, s.Of)
			}
			if !slices.Contains(there[s.Of], s.Index) {
				there[s.Of] = append(there[s.Of], s.Index)
			}
		}
	}
	found := false
	for _, of := range numbers {
		if len(there[of]) == of {
			continue
		}
		found = true
		names := missing(there[of], of)
		r.Targets = append(r.Targets, &report.Target{Result: names})
		r.Diagnostics = append(r.Diagnostics, &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: "Missing parts", Detail: "There is no result of " + names + ". Whether its targets satisfy the declaration is not known.",
		})
	}
	return found
}

// missing names the parts that are not there. A result may say that there are billions of them.
func missing(there []int, of int) string {
	const shown = 5
	var names []string
	for i := 0; i < of && len(names) < shown; i++ {
		if !slices.Contains(there, i) {
			names = append(names, fmt.Sprintf("%d/%d", i, of))
		}
	}
	text := "part " + strings.Join(names, ", ")
	if more := of - len(there) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
