package manifest

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/kreconcile/kreconcile/discovery"
)

// What all manifests together may have.
const (
	// MaxManifests is how many bytes may be read.
	MaxManifests = 64 << 20
	// maxSchemas is how many bytes the schemas may have. Without descriptions, those of 1,000
	// definitions of a cloud provider have a tenth.
	maxSchemas = 16 << 20
	// maxErrors is how many errors are kept.
	maxErrors = 100
)

// CRDs are CustomResourceDefinitions that are to be applied. The zero value and nil have none.
type CRDs struct {
	// definitions are by their names, which are unique in a cluster.
	definitions map[string]*definition
	kinds       map[kindOf]*definition
	names       map[nameOf]*definition
	read        int64
	schemas     int
	errors      []error
	// answers are those about fields, which are the same for each snapshot.
	answers map[discovery.FieldQuery]discovery.Fact[discovery.Field]
}

// kindOf names a kind in all versions of a group.
type kindOf struct{ group, kind string }

// Read adds the definitions of a file, and skips other objects. The later one of two definitions
// with one name counts, as if they were applied one after the other. It returns how many there are
// in the file, and an error if r fails or if all files are too large. Errors in a manifest are in
// Errors.
func (c *CRDs) Read(file string, r io.Reader) (int, error) {
	found := 0
	for o, err := range Objects(file, &limited{r, &c.read}) {
		switch fault, ok := errors.AsType[*Error](err); {
		case ok:
			c.errors = append(c.errors, fault)
		case err != nil:
			return found, err
		case isDefinition(o):
			found++
			if err := c.add(o); err != nil {
				return found, err
			}
		}
		if len(c.errors) >= maxErrors {
			return found, nil
		}
	}
	return found, nil
}

// Len returns how many definitions there are.
func (c *CRDs) Len() int {
	if c == nil {
		return 0
	}
	return len(c.definitions)
}

// Errors returns the errors in the manifests, at most 100. Each is an [*Error].
func (c *CRDs) Errors() []error { return c.errors }

func (c *CRDs) add(o *Object) error {
	r, d := readDefinition(o)
	before := c.definitions[o.Name]
	r.taken(d, func(name nameOf) *definition {
		if other := c.names[name]; other != before {
			return other
		}
		return nil
	})
	if len(r.errors) > 0 {
		c.errors = append(c.errors, r.errors...)
		return nil
	}
	if c.definitions == nil {
		c.definitions, c.kinds, c.names = map[string]*definition{}, map[kindOf]*definition{}, map[nameOf]*definition{}
	}
	if before != nil {
		delete(c.kinds, kindOf{before.group, before.resource.Kind})
		for _, n := range before.names() {
			delete(c.names, n.nameOf)
		}
	}
	for _, n := range d.names() {
		c.names[n.nameOf] = d
	}
	c.definitions[o.Name] = d
	c.kinds[kindOf{d.group, d.resource.Kind}] = d
	for i, v := range d.versions {
		// What the writer left unused is not kept.
		d.versions[i].schema = slices.Clone(v.schema)
		c.schemas += len(v.schema)
	}
	if c.schemas > maxSchemas {
		return fmt.Errorf("the schemas of all CustomResourceDefinitions have more than %d MiB, without descriptions", maxSchemas>>20)
	}
	return nil
}

// limited reads from a reader until all readers have read too much.
type limited struct {
	from io.Reader
	read *int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.from.Read(p)
	if *l.read += int64(n); *l.read > MaxManifests {
		return 0, fmt.Errorf("all manifests together have more than %d MiB", MaxManifests>>20)
	}
	return n, err
}
