package cli

import (
	"context"
	"slices"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// identityTimeout limits the request for a name that only messages need.
const identityTimeout = 5 * time.Second

// identify asks the server for the identity of the run, if something was refused and
// the server did not say to whom. It returns "" if the identity is not known.
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

// attribute adds the identity to each permission that was denied. who is empty if it
// is not known.
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
