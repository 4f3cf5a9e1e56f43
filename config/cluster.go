package config

import "github.com/hashicorp/hcl/v2"

// cluster reads a cluster block. Each attribute that it sets is a requirement
// with the block's own reason and remedy.
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

// again refuses an attribute that another cluster block sets already.
func (d *decoder) again(a *hcl.Attribute, first Requirement) {
	d.error(a.NameRange, "Duplicate cluster attribute", "%q is already set at %s. There is one cluster only.", a.Name, first.Range)
}

func (d *decoder) endpoint(a *hcl.Attribute, c common) {
	e := &Endpoint{}
	if first := d.declaration.Endpoint; first != nil {
		d.again(a, first.Requirement)
	} else {
		d.declaration.Endpoint = e
		d.require(&e.Requirement, TypeEndpoint, "cluster.endpoint", a.Range, c)
	}
	text, ok := d.text(a)
	if !ok {
		return
	}
	url, err := parseEndpoint(text.Value)
	if err != nil {
		d.error(a.Expr.Range(), "Invalid endpoint", "An endpoint is written https://host or https://host:port, with a path where the API server is behind one: %s.", err)
	}
	e.URL = url
}

func (d *decoder) serverAddress(a *hcl.Attribute, c common) {
	s := &ServerAddress{}
	if first := d.declaration.ServerAddress; first != nil {
		d.again(a, first.Requirement)
	} else {
		d.declaration.ServerAddress = s
		d.require(&s.Requirement, TypeServerAddress, "cluster.server_address", a.Range, c)
	}
	for _, item := range d.textOrTexts(a) {
		at := item.Range
		if at == a.Range {
			at = a.Expr.Range()
		}
		address, err := parseServerAddress(item.Value)
		if err != nil {
			d.error(at, "Invalid server address", "A server address is written host:port, such as 10.0.1.149:443: %s.", err)
			continue
		}
		s.Addresses = append(s.Addresses, address)
	}
}

func (d *decoder) kubernetes(a *hcl.Attribute, c common) {
	k := &Kubernetes{}
	if first := d.declaration.Kubernetes; first != nil {
		d.again(a, first.Requirement)
	} else {
		d.declaration.Kubernetes = k
		d.require(&k.Requirement, TypeKubernetes, "cluster.kubernetes", a.Range, c)
	}
	text, ok := d.text(a)
	if !ok {
		return
	}
	constraint, err := ParseVersionConstraint(text.Value)
	if err != nil {
		d.error(a.Expr.Range(), "Invalid version constraint", "%q is not a constraint such as \">= 1.30, < 1.38\": %s.", clip(text.Value), err)
		return
	}
	if !constraint.possible() {
		d.error(a.Expr.Range(), "Impossible version range", "No version lies in %q, so that no cluster can have it.", clip(text.Value))
	}
	k.Constraint = constraint
}
