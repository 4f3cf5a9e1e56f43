package manifest

import (
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/manifest/internal/yaml"
)

// The kinds of a [Node] that others look for.
const (
	Null   = yaml.Null
	String = yaml.String
	List   = yaml.List
	Map    = yaml.Map
)

// Definition is what an API server serves of a CustomResourceDefinition.
type Definition struct {
	Group string
	// Resource is the same in all versions, and has no subresources.
	Resource discovery.Resource
	Versions []DefinedVersion
}

// DefinedVersion is a version of a definition that is served.
type DefinedVersion struct {
	Name         string
	Subresources []discovery.Subresource
	// Schema is spec.versions[].schema.openAPIV3Schema.
	Schema *Node
}

// ReadDefinition reads a CustomResourceDefinition, and returns nil for any other object. Each of the
// errors is an [*Error].
func ReadDefinition(o *Object) (*Definition, []error) {
	if !isDefinition(o) {
		return nil, nil
	}
	r, read := readDefinition(o)
	if len(r.errors) > 0 {
		return nil, r.errors
	}
	d := &Definition{Group: read.group, Resource: read.resource}
	for _, v := range read.versions {
		d.Versions = append(d.Versions, DefinedVersion{v.name, v.subresources, schemaOf(o, v.name)})
	}
	return d, nil
}

func schemaOf(o *Object, version string) *Node {
	versions := o.Root.Get("spec").Get("versions")
	for i := range versions.Members {
		if v := &versions.Members[i].Value; text(v.Get("name")) == version {
			return v.Get("schema").Get("openAPIV3Schema")
		}
	}
	return &Node{}
}
