package cli

import (
	"context"
	"slices"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// identityTimeout is how long a run waits for a name that only its messages need.
const identityTimeout = 5 * time.Second

// identify asks the server who asks, where it refused something without saying to whom.
// It is empty where that is not known.
func (c *cluster) identify(ctx context.Context, plan *apply.Plan) string {
	if ctx.Err() != nil || c.last == nil || !slices.ContainsFunc(plan.Findings, refusedSomeone) {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, min(c.timeout, identityTimeout))
	defer cancel()
	return c.client.Identity(ctx, c.last)
}

func refusedSomeone(f apply.Finding) bool {
	if u := f.Undetermined; u != nil {
		return u.Code == discovery.Forbidden && failureOf(u).User == ""
	}
	return slices.ContainsFunc(f.Differences, denied)
}

func denied(d apply.Difference) bool { return d.Code == apply.PermissionDenied }

// attribute says in each permission that was denied who was refused. Who is empty where
// that is not known.
func attribute(findings []apply.Finding, who string) {
	if who == "" {
		return
	}
	for i := range findings {
		for j := range findings[i].Differences {
			d := &findings[i].Differences[j]
			if !denied(*d) {
				continue
			}
			reason := d.Hint
			d.Hint = "refused to " + who
			if reason != "" {
				d.Hint += ": " + reason
			}
		}
	}
}
