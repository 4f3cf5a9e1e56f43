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

// Diff judges every requirement of d by what s holds. What s does not hold is
// undetermined; so is what would follow from an absence that s does not confirm.
func Diff(d *config.Declaration, s *discovery.Snapshot) *Plan {
	j := judge{snapshot: s}
	j.judge(d)
	return &Plan{Findings: j.findings, Unanswered: !answered(s), Warnings: j.warnings}
}

// answered tells whether s holds anything that the cluster answered. The endpoint is known
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

// judge fills in all findings.
func (j *judge) judge(d *config.Declaration) {
	j.findings = make([]Finding, d.Requirements)
	for _, e := range d.Endpoints {
		j.endpoint(e)
	}
	for _, a := range d.ServerAddresses {
		j.serverAddress(a)
	}
	for _, k := range d.Kubernetes {
		j.kubernetes(k)
	}
	for _, api := range d.APIs {
		j.api(api)
	}
	for _, p := range d.Permissions {
		j.permission(p)
	}
	for _, c := range d.Checks {
		j.check(c)
	}
	for i := range j.findings {
		if j.findings[i].Status == "" {
			panic(fmt.Sprintf("apply: requirement %d has no finding", i))
		}
	}
}

// judge fills in the findings, each at its requirement's index.
type judge struct {
	snapshot *discovery.Snapshot
	findings []Finding
	// groups finds the named groups, once one was looked for.
	groups map[string]*discovery.Group
	// groupVersions are the names of all that is served, once a hint needed them.
	groupVersions []string
	// compared counts the names that hints were looked for among, and looked the resources
	// that were passed on the way.
	compared, looked int
	// shown and told count the bytes of what was found, with its hints, and of messages.
	shown, told int
	// long is the message that was cut last, and cut what is left of it.
	long, cut string
	// needs is what was looked for and was not asked for yet.
	needs discovery.Needs
	// needed are the reviews in it, and wanted the questions about fields.
	needed map[discovery.Review]bool
	// warnings are those of the plan.
	warnings hcl.Diagnostics
	wanted   map[discovery.FieldQuery]bool
}

func (j *judge) endpoint(e *config.Endpoint) {
	switch {
	case !e.Enabled:
		j.put(skipped(e.Requirement))
	case j.snapshot.Endpoint == "":
		j.put(undetermined(e.Requirement, &discovery.Failure{
			Code: discovery.NotRecorded, Message: "the snapshot does not say which endpoint it was taken from",
		}))
	case !endpoint.Same(e.URL, j.snapshot.Endpoint):
		j.put(j.drifted(e.Requirement, Difference{
			Code: EndpointMismatch, Declared: e.URL, Found: j.snapshot.Endpoint, Range: e.Range,
		}))
	default:
		j.put(holds(e.Requirement, e.URL, ""))
	}
}

func (j *judge) serverAddress(a *config.ServerAddress) {
	if !a.Enabled {
		j.put(skipped(a.Requirement))
		return
	}
	if f := j.serverAddresses().Unknown(); f != nil {
		j.put(undetermined(a.Requirement, f))
		return
	}
	published := j.snapshot.ServerAddresses.Value
	if slices.ContainsFunc(published, a.Publishes) {
		j.put(holds(a.Requirement, strings.Join(a.Addresses, ", "), all(published)))
		return
	}
	j.put(j.drifted(a.Requirement, Difference{
		Code: ServerAddressMismatch, Declared: strings.Join(a.Addresses, ", "), Found: all(published),
		Range: a.Range,
	}))
}

func (j *judge) kubernetes(k *config.Kubernetes) {
	if !k.Enabled {
		j.put(skipped(k.Requirement))
		return
	}
	met, failure := j.meets(k.Constraint)
	switch {
	case failure != nil:
		j.put(undetermined(k.Requirement, failure))
	case !met:
		j.put(j.drifted(k.Requirement, Difference{
			Code: KubernetesMismatch, Declared: k.Constraint.String(), Found: shown(j.snapshot.Version.Value.String()), Range: k.Range,
		}))
	default:
		j.put(holds(k.Requirement, k.Constraint.String(), shown(j.snapshot.Version.Value.String())))
	}
}

// meets tells whether the version that the server's API is of lies in a range.
func (j *judge) meets(constraint config.VersionConstraint) (bool, *discovery.Failure) {
	fact := j.version()
	if f := fact.Unknown(); f != nil {
		return false, f
	}
	told := fact.Value
	release, err := told.Release()
	if err != nil {
		return false, unreadable("", err)
	}
	if !release.PatchUnknown {
		return constraint.Check(release), nil
	}
	holds, decided := constraint.CheckMinor(release)
	switch emulated := told.Emulates(); {
	case decided:
		return holds, nil
	case emulated != "":
		return false, unreadable(discovery.PatchUnknown, fmt.Errorf("the server emulates %s, which has no patch version, and %q depends on it", emulated, constraint))
	default:
		return false, unreadable(discovery.PatchUnknown, fmt.Errorf("no patch version can be read from gitVersion %q, and %q depends on it",
			shown(told.GitVersion), constraint))
	}
}

// unreadable is the failure where an answer of GET /version does not tell a version.
func unreadable(cause discovery.Cause, err error) *discovery.Failure {
	if errors.Is(err, discovery.ErrVersionNotStamped) {
		cause = discovery.VersionNotStamped
	}
	const request = "GET /version"
	return &discovery.Failure{
		Code: discovery.InvalidResponse, Message: request + ": " + err.Error(), Request: request, Cause: cause, Err: err,
	}
}

// put keeps a finding at its place.
func (j *judge) put(f Finding) {
	if f.Undetermined != nil {
		j.shortMessage(f.Undetermined)
	}
	j.findings[f.Index] = f
}

func satisfied(r config.Requirement) Finding {
	return Finding{Requirement: r, Status: Satisfied}
}

// holds is satisfied with what was declared, and what was found.
func holds(r config.Requirement, declared, found string) Finding {
	if declared == "" && found == "" {
		return satisfied(r)
	}
	return Finding{Requirement: r, Status: Satisfied, Held: &Held{Declared: declared, Found: found}}
}

// holdsAbsent is satisfied because the cluster has nothing.
func holdsAbsent(r config.Requirement) Finding {
	return Finding{Requirement: r, Status: Satisfied, Held: &Held{Absent: true}}
}

func skipped(r config.Requirement) Finding {
	return Finding{Requirement: r, Status: Skipped}
}

func (j *judge) drifted(r config.Requirement, d Difference) Finding {
	return drifted(r, j.short(d))
}

// drifted takes differences that are short.
func drifted(r config.Requirement, differences ...Difference) Finding {
	return Finding{Requirement: r, Status: Drifted, Differences: differences}
}

func undetermined(r config.Requirement, f *discovery.Failure) Finding {
	return Finding{Requirement: r, Status: StatusUndetermined, Undetermined: &Undetermined{
		Code: f.Code, Message: f.Message, Failure: f,
	}}
}
