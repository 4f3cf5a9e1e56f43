package live

import (
	"context"
	"slices"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/run"
)

// identityTimeout limits the request for a name that only messages need.
const identityTimeout = 5 * time.Second

// identify asks the server for the identity of the run, if something was refused and
// the server did not say to whom. It returns "" if the identity is not known.
func identify(ctx context.Context, client *discovery.Client, out *run.Outcome, timeout time.Duration) string {
	if ctx.Err() != nil || out.Snapshot == nil || !slices.ContainsFunc(out.Passes.Plan.Findings, refusedSomeone) {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, min(timeout, identityTimeout))
	defer cancel()
	return client.Identity(ctx, out.Snapshot)
}

func refusedSomeone(f apply.Finding) bool {
	if u := f.Undetermined; u != nil {
		return u.Code == discovery.Forbidden && (u.Failure == nil || u.Failure.User == "")
	}
	return slices.ContainsFunc(f.Differences, func(d apply.Difference) bool { return d.Code == apply.PermissionDenied })
}
