package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/config/internal/versions"
	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// cluster reads a cluster block. Each attribute is a requirement with the block's reason and remedy.
// Several blocks are joined: what each of them requires must hold.
func (d *decoder) cluster(block *hcl.Block) {
	content, all := d.content(block), d.declaration
	c := d.common(content, outermost())
	for _, a := range eval.SortedAttributes(content.Attributes) {
		require := func(r *Requirement) { d.require(r, c, Type(a.Name), "cluster."+a.Name, a.Range) }
		switch a.Name {
		case "endpoint":
			e := &Endpoint{}
			require(&e.Requirement)
			all.Endpoints = append(all.Endpoints, e)
			if text := d.text(a); text == nil {
				continue
			} else if parsed, err := endpoint.Parse(text.Value); err != nil {
				d.Error(a.Expr.Range(), "Invalid endpoint", "An endpoint is written https://host or https://host:port, with a path where the API server is behind one: %s.", err)
			} else {
				e.URL = parsed.String()
			}
		case "server_address":
			s := &ServerAddress{}
			require(&s.Requirement)
			all.ServerAddresses = append(all.ServerAddresses, s)
			for _, item := range d.list(a, true) {
				address, err := endpoint.ParseAddress(item.Value)
				if err != nil {
					d.Error(itemRange(item, a), "Invalid server address", "A server address is written host:port, such as 10.0.1.149:443: %s.", err)
				}
				s.Addresses = append(s.Addresses, address)
			}
		case "kubernetes":
			k := &Kubernetes{}
			require(&k.Requirement)
			all.Kubernetes = append(all.Kubernetes, k)
			if text := d.text(a); text != nil {
				k.Constraint = d.constraint(text.Value, a.Expr.Range())
			}
		}
	}
}

// constraint reads a range of versions of Kubernetes. After an error it is zero, so that no other
// constraint is compared with it.
func (d *decoder) constraint(text string, at hcl.Range) VersionConstraint {
	constraint, err := ParseVersionConstraint(text)
	if err != nil {
		d.Error(at, "Invalid version constraint", "%q is not a constraint such as \">= 1.30, < 1.38\": %s.", diag.Clip(text), err)
		return constraint
	}
	switch summary, detail := rangeSlip(constraint); summary {
	case impossibleRange:
		d.Error(at, summary, "%s", detail)
		return VersionConstraint{}
	case onlyPrereleases:
		d.Warn(at, summary, "%s", detail)
	}
	return constraint
}

const impossibleRange, onlyPrereleases = "Impossible version range", "Only pre-releases in version range"

// rangeSlip says what is nearly always an error about a range. It is empty for others.
func rangeSlip(c VersionConstraint) (summary, detail string) {
	switch possible, released := versions.Possible(c); {
	case !possible:
		return impossibleRange, fmt.Sprintf("No version lies in %q, so that no cluster can have it.", diag.Clip(c.String()))
	case !released && !c.NamesPrerelease():
		return onlyPrereleases, fmt.Sprintf("No release of Kubernetes lies in %q, but only pre-releases, such as alpha and beta versions. "+
			"A version without a patch is a whole minor version: > 1.30 begins with 1.31.", diag.Clip(c.String()))
	}
	return "", ""
}

// Publishes reports whether a published address is one of a, however both are spelled. If it cannot be
// read as host:port, the spelling must be the same.
func (a *ServerAddress) Publishes(published string) bool {
	if address, err := endpoint.ParseAddress(published); err == nil {
		published = address
	}
	return slices.Contains(a.Addresses, published)
}
