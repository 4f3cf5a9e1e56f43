package apply

import (
	"slices"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// judge judges requirements by a snapshot. It never changes, so requirements can be
// judged in any order.
type judge struct {
	snapshot *discovery.Snapshot
	// groups has the named groups of the snapshot, by name.
	groups map[string]*discovery.Group
}

func newJudge(s *discovery.Snapshot) *judge {
	j := &judge{snapshot: s, groups: make(map[string]*discovery.Group, len(s.Named.Value))}
	for i := range slices.Backward(s.Named.Value) {
		j.groups[s.Named.Value[i].Name] = &s.Named.Value[i]
	}
	return j
}

// ask says why a fact is not known, and which question would make it known. It
// returns nil if the fact is known.
func ask[T any, N comparable](s *discovery.Snapshot, fact discovery.Fact[T], question N) *unknown {
	switch {
	case fact.Known:
		return nil
	case fact.Failure != nil:
		return &unknown{Failure: fact.Failure}
	case s.Unasked != nil:
		return &unknown{Failure: s.Unasked}
	}
	return &unknown{fact.Unknown(), []need{question}}
}

// named replaces the message for a question that was not asked.
func (u *unknown) named(message string) *unknown {
	if len(u.needs) == 0 {
		return u
	}
	return &unknown{&discovery.Failure{Code: u.Code, Message: message}, u.needs}
}

// group returns a group of the documents, or nil if it is not served.
func (j *judge) group(name string) (*discovery.Group, *unknown) {
	if name == "" {
		if u := ask(j.snapshot, j.snapshot.Core, groupsDocument); u != nil || len(j.snapshot.Core.Value.Versions) == 0 {
			return nil, u
		}
		return &j.snapshot.Core.Value, nil
	}
	if u := ask(j.snapshot, j.snapshot.Named, groupsDocument); u != nil {
		return nil, u
	}
	g := j.groups[name]
	if g == nil && j.snapshot.Missing != nil {
		if f := j.snapshot.Missing(name); f != nil {
			return nil, &unknown{Failure: f}
		}
	}
	return g, nil
}

// versionOf returns a version of a group, or nil if it is not served. Its resources
// are known if the caller looks for one; otherwise they may not be.
func (j *judge) versionOf(group *discovery.Group, gv kubeapi.GroupVersion, resources bool) (*discovery.Version, *unknown) {
	i := slices.IndexFunc(group.Versions, func(v discovery.Version) bool { return v.Name == gv.Version })
	if i < 0 {
		return nil, nil
	}
	v := &group.Versions[i]
	if resources || v.Resources.Asked() {
		if u := j.unlisted(gv, v); u != nil {
			return nil, u
		}
	}
	return v, nil
}

// unlisted says why the resources of a group version are not known. It returns nil if
// they are.
func (j *judge) unlisted(gv kubeapi.GroupVersion, v *discovery.Version) *unknown {
	if u := ask(j.snapshot, v.Resources, listOf(gv)); u != nil {
		return u.named("the resources of " + gv.String() + " were not asked for")
	}
	return nil
}

// unavailable says why it is not known whether the group version's own document came.
// It returns nil if it did.
func (j *judge) unavailable(gv kubeapi.GroupVersion) *unknown {
	if u := ask(j.snapshot, j.snapshot.Available[gv], answerOf(gv)); u != nil {
		return u.named("whether the server of " + gv.String() + " itself answers was not asked")
	}
	return nil
}

// answer returns the server's answer to a review, if the server has decided.
//
// An authorizer that fails does not stop one that allows. If none allows, the server
// would answer the request itself with 500 and not with 403, because it could not
// decide. So that is no refusal.
//
// Source:
// https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/#SubjectAccessReviewStatus
func (j *judge) answer(r discovery.Review) (discovery.ReviewAnswer, *unknown) {
	fact := j.snapshot.Reviews[r]
	if u := ask(j.snapshot, fact, r); u != nil {
		return discovery.ReviewAnswer{}, u
	}
	a := fact.Value
	if !a.Allowed && a.EvaluationError != "" {
		message := "the server could not decide: " + a.EvaluationError
		if a.Reason != "" {
			message += " (" + a.Reason + ")"
		}
		u := unanswered(discovery.EvaluationFailed, message)
		u.Cause = discovery.AuthorizerFailed
		return a, u
	}
	return a, nil
}

// served returns every group with known versions.
func served(s *discovery.Snapshot) []discovery.Group {
	var groups []discovery.Group
	if s.Core.Known {
		groups = append(groups, s.Core.Value)
	}
	return append(groups, s.Named.Value...)
}
