package apply

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// Diff judges every requirement of d by s. What s lacks is undetermined, and so is a
// conclusion from an absence that s does not confirm.
func Diff(d *config.Declaration, s *discovery.Snapshot) *Plan {
	plan, _ := Judge(d, s)
	return plan
}

// Judge is [Diff], and also returns the questions that s leaves open. For a snapshot that
// confirms what it lacks these are all, as those of [Needs]: its plan is final if there are
// none.
func Judge(d *config.Declaration, s *discovery.Snapshot) (*Plan, discovery.Needs) {
	j := newJudge(s)
	var open needed
	h := &hinter{judge: j}
	var texts, messages allowance
	plan := &Plan{Findings: make([]Finding, d.Requirements), Unanswered: !answered(s)}
	j.each(d, func(r ruling) {
		f := r.Finding
		for _, found := range r.differences {
			if found.hint != nil {
				found.Hint = found.hint(h)
			}
			found.Found, found.Hint = texts.cut(found.Found), texts.cut(found.Hint)
			f.Differences = append(f.Differences, found.Difference)
		}
		if f.Held != nil {
			f.Held.Found = texts.cut(f.Held.Found)
		}
		if f.Undetermined != nil {
			f.Undetermined.Message = messages.cut(f.Undetermined.Message)
		}
		plan.Findings[f.Index] = f
		plan.warn(r.warnings)
		for _, n := range r.needs {
			open.add(n)
		}
	})
	for i := range plan.Findings {
		if plan.Findings[i].Status == "" {
			panic(fmt.Sprintf("apply: requirement %d has no finding", i))
		}
	}
	return plan, open.Needs
}

// maxWarnings limits the warnings of a plan.
const maxWarnings = 20

// warn adds warnings, each once.
func (p *Plan) warn(warnings hcl.Diagnostics) {
	for _, w := range warnings {
		same := func(other *hcl.Diagnostic) bool { return other.Detail == w.Detail && *other.Subject == *w.Subject }
		if len(p.Warnings) < maxWarnings && !slices.ContainsFunc(p.Warnings, same) {
			p.Warnings = append(p.Warnings, w)
		}
	}
}

// answered reports whether s holds any answer of the cluster. The endpoint is known
// without it.
func answered(s *discovery.Snapshot) bool {
	known := s.Core.Known || s.Named.Known || s.Version.Known || s.ServerAddresses.Known
	for _, f := range s.Fields {
		known = known || f.Known
	}
	for _, r := range s.Reviews {
		known = known || r.Known
	}
	return known
}

// each judges every requirement.
func (j *judge) each(d *config.Declaration, report func(ruling)) {
	put := func(r ruling) { report(j.settle(r)) }
	for _, e := range d.Endpoints {
		put(j.endpoint(e))
	}
	for _, a := range d.ServerAddresses {
		put(j.serverAddress(a))
	}
	for _, k := range d.Kubernetes {
		put(j.kubernetes(k))
	}
	for _, api := range d.APIs {
		j.api(api, put)
	}
	for _, p := range d.Permissions {
		for _, r := range p.Reviews {
			put(j.permission(r))
		}
	}
	for _, c := range d.Checks {
		for _, a := range c.Asserts {
			put(j.assert(a))
		}
	}
}

func (j *judge) endpoint(e *config.Endpoint) ruling {
	switch {
	case !e.Enabled:
		return skipped(e.Requirement)
	case j.snapshot.IsRelease:
		return undetermined(e.Requirement, unanswered(discovery.NotInCatalogue, "the endpoint depends on the cluster, and not on the release"))
	case j.snapshot.Endpoint == "":
		return undetermined(e.Requirement, unanswered(discovery.NotRecorded, "the snapshot does not say which endpoint it was taken from"))
	case !endpoint.Same(e.URL, j.snapshot.Endpoint):
		return differs(e.Requirement, Difference{
			Code: EndpointMismatch, Declared: e.URL, Found: j.snapshot.Endpoint, Range: e.Range,
		})
	}
	return holds(e.Requirement, e.URL, "")
}

func (j *judge) serverAddress(a *config.ServerAddress) ruling {
	if !a.Enabled {
		return skipped(a.Requirement)
	}
	if u := ask(j.snapshot, j.snapshot.ServerAddresses, addressesDocument); u != nil {
		return undetermined(a.Requirement, u)
	}
	published := j.snapshot.ServerAddresses.Value
	if slices.ContainsFunc(published, a.Publishes) {
		return holds(a.Requirement, strings.Join(a.Addresses, ", "), all(published))
	}
	return differs(a.Requirement, Difference{
		Code: ServerAddressMismatch, Declared: strings.Join(a.Addresses, ", "), Found: all(published), Range: a.Range,
	})
}

func (j *judge) kubernetes(k *config.Kubernetes) ruling {
	if !k.Enabled {
		return skipped(k.Requirement)
	}
	met, u := j.meets(k.Constraint)
	if u != nil {
		return undetermined(k.Requirement, u)
	}
	is := j.snapshot.Version.Value.String()
	if met {
		return holds(k.Requirement, k.Constraint.String(), is)
	}
	return differs(k.Requirement, Difference{
		Code: KubernetesMismatch, Declared: k.Constraint.String(), Found: is, Range: k.Range,
	})
}

// meets reports whether the Kubernetes release of the server's API is in a range.
func (j *judge) meets(constraint config.VersionConstraint) (bool, *unknown) {
	if u := ask(j.snapshot, j.snapshot.Version, versionDocument); u != nil {
		return false, u
	}
	answer := j.snapshot.Version.Value
	release, err := answer.Release()
	if err != nil {
		return false, unreadable("", err)
	}
	if !release.PatchUnknown {
		return constraint.Check(release), nil
	}
	holds, decided := constraint.CheckMinor(release)
	switch emulated := answer.Emulates(); {
	case decided:
		return holds, nil
	case emulated != "":
		return false, unreadable(discovery.PatchUnknown, fmt.Errorf("the server emulates %s, which has no patch version, and %q depends on it", emulated, constraint))
	default:
		return false, unreadable(discovery.PatchUnknown, fmt.Errorf("no patch version can be read from gitVersion %q, and %q depends on it",
			answer.GitVersion, constraint))
	}
}

// unreadable is for an answer of GET /version without a readable version.
func unreadable(cause discovery.Cause, err error) *unknown {
	if errors.Is(err, discovery.ErrVersionNotStamped) {
		cause = discovery.VersionNotStamped
	}
	const request = "GET /version"
	return &unknown{Failure: &discovery.Failure{
		Code: discovery.InvalidResponse, Message: request + ": " + err.Error(), Request: request, Cause: cause, Err: err,
	}}
}
