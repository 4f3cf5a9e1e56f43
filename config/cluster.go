package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// cluster reads a cluster block. Each attribute that it sets is a requirement
// with the block's own reason and remedy. Several blocks are joined: what each of
// them requires must hold.
func (d *decoder) cluster(block *hcl.Block) {
	content := d.content(block, "cluster")
	c := d.common(content, outermost())
	for _, a := range sortedAttributes(content.Attributes) {
		switch a.Name {
		case "endpoint":
			d.endpoint(a, c)
		case "server_address":
			d.serverAddress(a, c)
		case "kubernetes":
			d.kubernetes(a, c)
		}
	}
}

// clusterAddress numbers the attributes of one name from the second one on.
func clusterAddress(name string, before int) string {
	address := "cluster." + name
	if before > 0 {
		address += fmt.Sprintf("#%d", before+1)
	}
	return address
}

func (d *decoder) endpoint(a *hcl.Attribute, c common) {
	e := &Endpoint{}
	address := clusterAddress(a.Name, len(d.declaration.Endpoints))
	d.declaration.Endpoints = append(d.declaration.Endpoints, e)
	d.require(&e.Requirement, TypeEndpoint, address, a.Range, c)
	text, ok := d.text(a)
	if !ok {
		return
	}
	parsed, err := endpoint.Parse(text.Value)
	if err != nil {
		d.Error(a.Expr.Range(), "Invalid endpoint", "An endpoint is written https://host or https://host:port, with a path where the API server is behind one: %s.", err)
		return
	}
	e.URL = parsed.String()
	d.claim(subject{words: "The endpoint of the cluster"}, toBe(e.URL), a.Range, c)
}

func (d *decoder) serverAddress(a *hcl.Attribute, c common) {
	s := &ServerAddress{}
	address := clusterAddress(a.Name, len(d.declaration.ServerAddresses))
	d.declaration.ServerAddresses = append(d.declaration.ServerAddresses, s)
	d.require(&s.Requirement, TypeServerAddress, address, a.Range, c)
	for _, item := range d.textOrTexts(a) {
		at := itemRange(item, a)
		address, err := endpoint.ParseAddress(item.Value)
		if err != nil {
			d.Error(at, "Invalid server address", "A server address is written host:port, such as 10.0.1.149:443: %s.", err)
			continue
		}
		s.Addresses = append(s.Addresses, address)
	}
}

func (d *decoder) kubernetes(a *hcl.Attribute, c common) {
	k := &Kubernetes{}
	address := clusterAddress(a.Name, len(d.declaration.Kubernetes))
	d.declaration.Kubernetes = append(d.declaration.Kubernetes, k)
	d.require(&k.Requirement, TypeKubernetes, address, a.Range, c)
	text, ok := d.text(a)
	if !ok {
		return
	}
	at := a.Expr.Range()
	constraint, err := ParseVersionConstraint(text.Value)
	if err != nil {
		d.Error(at, "Invalid version constraint", "%q is not a constraint such as \">= 1.30, < 1.38\": %s.", diag.Clip(text.Value), err)
		return
	}
	k.Constraint = constraint
	if !d.judgesRange() {
		return
	}
	switch possible, released := possible(constraint); {
	case !possible:
		d.Error(at, impossibleRange, "No version lies in %q, so that no cluster can have it.", diag.Clip(text.Value))
	case !released && !constraint.namesPrerelease():
		d.Warn(at, onlyPrereleases, "%s", prereleasesOnly(text.Value))
		fallthrough
	default:
		if c.enabled && c.settled {
			d.versions.join(d, constraint, a.Range)
		}
	}
}

// Diagnostics about ranges of versions.
const (
	impossibleRange = "Impossible version range"
	onlyPrereleases = "Only pre-releases in version range"
)

// joinedVersions are the constraints that hold together: of each cluster block that is
// enabled. Its zero value has none.
type joinedVersions struct {
	constraints []VersionConstraint
	ranges      []hcl.Range
}

// maxJoined is how many constraints that differ are compared with each other. The time
// grows with the square.
const maxJoined = 16

// join adds a constraint, unless no version meets it and those before it.
func (j *joinedVersions) join(m *decoder, c VersionConstraint, at hcl.Range) {
	same := func(other VersionConstraint) bool { return other.raw == c.raw }
	if len(j.constraints) == maxJoined || slices.ContainsFunc(j.constraints, same) {
		return
	}
	joined := append(slices.Clip(j.constraints), c)
	if possible, _ := possible(joined...); possible {
		j.constraints, j.ranges = joined, append(j.ranges, at)
		return
	}
	for i, other := range j.constraints {
		if possible, _ := possible(other, c); !possible {
			m.Error(at, "Contradiction", "No version of Kubernetes lies in %q and in %q, which is required at %s.", diag.Clip(c.raw), diag.Clip(other.raw), j.ranges[i])
			return
		}
	}
	m.Error(at, "Contradiction", "No version of Kubernetes lies in %q and in all of the %d constraints before it; the first is at %s.", diag.Clip(c.raw), len(j.constraints), j.ranges[0])
}
