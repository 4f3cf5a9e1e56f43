package apply

import (
	"slices"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/endpoint"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Needs says what must be asked before [Diff] can judge d, beyond what s holds
// already. It never names what was asked before, with or without success, so that
// asking for what it names comes to an end. Nothing is needed while the snapshot
// is of another endpoint than the declared one.
func Needs(d *config.Declaration, s *discovery.Snapshot) discovery.Needs {
	if EndpointDrifts(d, s.Endpoint) {
		return discovery.Needs{}
	}
	// What the documents lack counts as absent here: what follows from that is asked
	// for, too.
	assumed := *s
	assumed.Confirmed = discovery.Known(struct{}{})
	// Judging finds what is looked for. Nobody reads the hints of it.
	j := judge{snapshot: &assumed, compared: maxCompared}
	j.judge(d)
	return j.needs
}

// group gives a group of the documents, and needs them where nobody asked for them.
func (j *judge) group(name string) (*discovery.Group, *discovery.Failure) {
	if !j.snapshot.Core.Asked() || !j.snapshot.Named.Asked() {
		j.needs.Documents = true
	}
	return j.findGroup(name)
}

// version gives the answer of GET /version, and needs it where nobody asked.
func (j *judge) version() discovery.Fact[discovery.ServerVersion] {
	j.needs.Version = j.needs.Version || !j.snapshot.Version.Asked()
	return j.snapshot.Version
}

// serverAddresses gives the addresses, and needs them where nobody asked.
func (j *judge) serverAddresses() discovery.Fact[[]string] {
	j.needs.ServerAddresses = j.needs.ServerAddresses || !j.snapshot.ServerAddresses.Asked()
	return j.snapshot.ServerAddresses
}

// available gives whether the group version's own document came, and needs it where
// nobody asked.
func (j *judge) available(gv kubeapi.GroupVersion) discovery.Fact[struct{}] {
	fact := j.snapshot.Available[gv]
	if fact.Asked() {
		return fact
	}
	if !slices.Contains(j.needs.Available, gv) {
		j.needs.Available = append(j.needs.Available, gv)
	}
	fact.Failure = j.snapshot.Unasked
	if fact.Failure == nil {
		fact.Failure = &discovery.Failure{
			Code: discovery.NotRecorded, Message: "whether the server of " + gv.String() + " itself answers was not asked",
		}
	}
	return fact
}

// versionOf gives a version of a group, as the group's own method does. Its resources
// may not have been asked for. That is a failure, and they are needed, only where
// something about them is looked for.
func (j *judge) versionOf(group *discovery.Group, gv kubeapi.GroupVersion, resources bool) (*discovery.Version, *discovery.Failure) {
	for i := range group.Versions {
		v := &group.Versions[i]
		if v.Name != gv.Version || v.Resources.Asked() {
			continue
		}
		if !resources {
			return v, nil
		}
		return nil, j.unlisted(gv)
	}
	return group.Version(gv.Version)
}

// unlisted needs the resources of a group version, and says that they are not known.
func (j *judge) unlisted(gv kubeapi.GroupVersion) *discovery.Failure {
	if !slices.Contains(j.needs.Lists, gv) {
		j.needs.Lists = append(j.needs.Lists, gv)
	}
	if j.snapshot.Unasked != nil {
		return j.snapshot.Unasked
	}
	return &discovery.Failure{
		Code: discovery.NotRecorded, Message: "the resources of " + gv.String() + " were not asked for",
	}
}

// needReview needs a review, once however often it is looked for.
func (j *judge) needReview(r discovery.Review) {
	if j.needed[r] {
		return
	}
	if j.needed == nil {
		j.needed = map[discovery.Review]bool{}
	}
	j.needed[r] = true
	j.needs.Reviews = append(j.needs.Reviews, r)
}

// EndpointDrifts reports whether the declaration expects another endpoint than that of
// the connection, which is a URL, or empty where it is not known. That is known before any
// request, so that no token goes to a server that is not the declared one.
func EndpointDrifts(d *config.Declaration, connection string) bool {
	declared := d.Endpoint()
	return declared != nil && connection != "" && !endpoint.Same(declared.URL, connection)
}

// needLess takes back what is needed beyond what was before.
func (j *judge) needLess(before discovery.Needs) {
	for _, r := range j.needs.Reviews[len(before.Reviews):] {
		delete(j.needed, r)
	}
	j.needs = before
}
