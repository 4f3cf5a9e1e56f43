package run

import (
	"context"
	"fmt"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// Pass judges d by the answers of c's server. Each look uses one connection, so that
// one API server gives all its answers. Drift, and an absence, must be confirmed by a
// second look over another connection. A satisfied declaration takes one look. The
// snapshot is that of the last look.
func Pass(ctx context.Context, c *discovery.Client, d *config.Declaration) (*apply.Plan, *discovery.Snapshot) {
	if s := elsewhere(c, d); s != nil {
		return apply.Diff(d, s), s
	}
	needs := func(s *discovery.Snapshot) discovery.Needs { return apply.Needs(d, s) }
	s, one := c.Look(ctx, needs)
	plan, again := apply.Provisional(d, s)
	if one && !again {
		return plan, s
	}
	plans := []*apply.Plan{plan}
	for s = range c.LookAgain(ctx, needs) {
		plans = append(plans, apply.Diff(d, s))
	}
	return apply.Agree(plans...), s
}

// elsewhere returns a snapshot for a connection that is not to the declared endpoint:
// nothing is asked over it, so no token goes there. It returns nil for any other
// connection.
func elsewhere(c *discovery.Client, d *config.Declaration) *discovery.Snapshot {
	endpoint := c.Endpoint()
	if !apply.EndpointDrifts(d, endpoint) {
		return nil
	}
	s := &discovery.Snapshot{Endpoint: endpoint, Time: time.Now()}
	s.FailUnasked(&discovery.Failure{
		Code:    discovery.OtherEndpoint,
		Message: fmt.Sprintf("nothing was asked: the connection would be to %s, and %s is declared", endpoint, d.Endpoint().URL),
	})
	return s
}

// Record returns the answers of c's server to what d needs, with all documents, the
// version and the addresses, within the limit of one pass. If two looks over two
// connections disagree, absences stay unconfirmed.
func Record(ctx context.Context, c *discovery.Client, d *config.Declaration, o Options) *discovery.Snapshot {
	if s := elsewhere(c, d); s != nil {
		return s
	}
	ctx, cancel := limited(ctx, o.Timeout, o.Names.Timeout)
	defer cancel()
	var allFields bool
	needs := func(s *discovery.Snapshot) discovery.Needs {
		n := apply.Needs(d, s)
		if allFields {
			n.Schemas = s.WithoutSchemas()
		}
		n.Documents = !s.Core.Asked() || !s.Named.Asked()
		n.Version = !s.Version.Asked()
		n.ServerAddresses = !s.ServerAddresses.Asked()
		n.Lists = s.Unlisted()
		return n
	}
	first, _ := c.Look(ctx, needs)
	if !first.Core.Known || !first.Named.Known {
		return first
	}
	// These documents are large, and only the last look is recorded.
	allFields = o.AllFields
	last, same := first, true
	for last = range c.LookAgain(ctx, needs) {
		same = same && discovery.SameAnswers(first, last)
	}
	if last.Confirmed.Known && !same {
		last.Confirmed = discovery.Failed[struct{}](&discovery.Failure{
			Code:    discovery.Unsettled,
			Message: "the answers over one connection differ from those over another: there may be several API servers behind the address",
		})
	}
	return last
}
