package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/config/internal/versions"
	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// cluster reads a cluster block. Each attribute that it sets is a requirement
// with the block's own reason and remedy. Several blocks are joined: what each of
// them requires must hold.
func (d *decoder) cluster(block *hcl.Block) {
	content := d.content(block, "cluster")
	c := d.common(content, outermost())
	for _, a := range eval.SortedAttributes(content.Attributes) {
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

// requireOfCluster makes the requirement of an attribute. Those of one name are numbered from
// the second one on.
func (d *decoder) requireOfCluster(r *Requirement, a *hcl.Attribute, before int, c common) {
	d.require(r, Type(a.Name), numbered("cluster."+a.Name, before+1), a.Range, c)
}

func (d *decoder) endpoint(a *hcl.Attribute, c common) {
	e := &Endpoint{}
	d.requireOfCluster(&e.Requirement, a, len(d.declaration.Endpoints), c)
	d.declaration.Endpoints = append(d.declaration.Endpoints, e)
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
}

func (d *decoder) serverAddress(a *hcl.Attribute, c common) {
	s := &ServerAddress{}
	d.requireOfCluster(&s.Requirement, a, len(d.declaration.ServerAddresses), c)
	d.declaration.ServerAddresses = append(d.declaration.ServerAddresses, s)
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

// Publishes reports whether an address that a server publishes is one of a. Both are
// compared as addresses, however they are spelled. One that cannot be read as
// host:port is only what is spelled the same.
func (a *ServerAddress) Publishes(published string) bool {
	if address, err := endpoint.ParseAddress(published); err == nil {
		published = address
	}
	return slices.Contains(a.Addresses, published)
}

func (d *decoder) kubernetes(a *hcl.Attribute, c common) {
	k := &Kubernetes{}
	d.requireOfCluster(&k.Requirement, a, len(d.declaration.Kubernetes), c)
	d.declaration.Kubernetes = append(d.declaration.Kubernetes, k)
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
	switch feasible, released := versions.Possible(constraint); {
	case !feasible:
		d.Error(at, impossibleRange, "No version lies in %q, so that no cluster can have it.", diag.Clip(text.Value))
		// No other constraint is compared with it.
		k.Constraint = VersionConstraint{}
	case !released && !constraint.NamesPrerelease():
		d.Warn(at, onlyPrereleases, "%s", prereleasesOnly(text.Value))
	}
}

// Diagnostics about ranges of versions.
const (
	impossibleRange = "Impossible version range"
	onlyPrereleases = "Only pre-releases in version range"
)
