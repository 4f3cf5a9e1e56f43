package generate

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// Options say what to require besides the kinds of the objects.
type Options struct {
	// Fields requires the fields that the objects use and that a release on board lacks.
	Fields bool
	// Since is the first release that counts for Fields. The zero Version means the oldest one on board.
	Since kubeapi.Version
	// Definitions requires every version and every field of the CustomResourceDefinitions among the
	// objects.
	Definitions bool
	// Permissions requires what an identity must be allowed to do to install the objects.
	Permissions bool
}

// Generator collects what objects need.
type Generator struct {
	options Options
	kinds   map[catalog.Kind]*use
	// definitions are by their names, which are unique in a cluster.
	definitions map[string]*definition
	// aggregated are the group versions of APIServices.
	aggregated map[kubeapi.GroupVersion]bool
	// permitted are by their names.
	permitted map[string]*permission
	// roles are the conditions under which roles can be written.
	roles    map[string]*places
	warnings []Warning
	// dropped is how many warnings are not kept.
	dropped int
	errors  []error
	catalogue
}

// use is what needs a kind or a field.
type use struct {
	// first is the first object, without its values.
	first  manifest.Object
	places places
	// fields are by their paths.
	fields map[string]*places
	// namespaces are those of the objects, of which some may have none.
	namespaces map[string]bool
}

// definition is a CustomResourceDefinition, and where it is.
type definition struct {
	*manifest.Definition
	place string
	// fields are those of each version.
	fields [][]string
}

// Warning is about what Kubernetes does not serve any more, or does not have.
type Warning struct {
	// File and Line say where the first of them is.
	File string
	Line int
	// Summary is general, and Message says what it is about.
	Summary, Message string
	// More is how many others have the same.
	More int
}

// New returns a generator without objects.
func New(o Options) *Generator {
	return &Generator{
		options: o, kinds: map[catalog.Kind]*use{}, definitions: map[string]*definition{},
		aggregated: map[kubeapi.GroupVersion]bool{}, permitted: map[string]*permission{}, roles: map[string]*places{},
	}
}

// maxErrors is how many errors are kept.
const maxErrors = 100

// Read adds the objects of a file, and returns how many there are. It is an error if r fails. Errors in
// the manifests are in Errors. The name of standard input is "<stdin>".
func (g *Generator) Read(file string, r io.Reader) (int, error) {
	found := 0
	for o, err := range manifest.Objects(file, r) {
		switch fault, ok := errors.AsType[*manifest.Error](err); {
		case ok:
			g.errors = append(g.errors, fault)
		case err != nil:
			return found, err
		default:
			found++
			g.errors = append(g.errors, g.add(o)...)
		}
		if len(g.errors) >= maxErrors {
			break
		}
	}
	return found, nil
}

// Errors returns the errors in the manifests, of which there is no declaration then. Each is a
// [*manifest.Error].
func (g *Generator) Errors() []error { return g.errors }

// add adds an object, and returns what is wrong with it.
func (g *Generator) add(o *manifest.Object) []error {
	fail := func(format string, args ...any) []error {
		return []error{&manifest.Error{File: o.File, Document: o.Document, Line: o.Line, Message: fmt.Sprintf(format, args...)}}
	}
	gv, err := kubeapi.ParseGroupVersion(o.APIVersion)
	switch {
	case o.APIVersion == "":
		return fail("it has no apiVersion")
	case err != nil:
		return fail("apiVersion %q: %v", o.APIVersion, err)
	}
	if err := kubeapi.CheckName(o.Kind); err != nil {
		return fail("kind: %v", err)
	}
	namespace := text(o.Root.Get("metadata").Get("namespace"))
	if g.options.Permissions && namespace != "" && !kubeapi.IsLabel(namespace) {
		return fail("metadata.namespace: %q is not the name of a namespace", namespace)
	}
	d, errs := manifest.ReadDefinition(o)
	if len(errs) > 0 {
		return errs
	}
	if d != nil {
		g.define(o, d)
		if g.options.Definitions {
			return nil
		}
	}
	kind := catalog.Kind{GroupVersion: gv, Name: o.Kind}
	u := g.kinds[kind]
	if u == nil {
		u = &use{first: *o, fields: map[string]*places{}, namespaces: map[string]bool{}}
		u.first.Root = manifest.Node{}
		g.kinds[kind] = u
	}
	u.places.add(placeOf(o, o.Line))
	u.namespaces[namespace] = true
	g.judge(o, kind, o.Root.Get("apiVersion"), "")
	g.references(o, gv)
	if g.options.Fields {
		g.useFields(o, kind, u)
	}
	return nil
}

// comesAlong reports whether the objects bring the kind themselves.
func (g *Generator) comesAlong(kind catalog.Kind) bool {
	return g.aggregated[kind.GroupVersion] || g.definitionOf(kind) != nil
}

// definitionOf returns the definition of a kind, and nil if there is none among the objects.
func (g *Generator) definitionOf(kind catalog.Kind) *definition {
	for _, d := range g.definitions {
		if d.Group != kind.GroupVersion.Group || d.Resource.Kind != kind.Name {
			continue
		}
		for _, v := range d.Versions {
			if v.Name == kind.GroupVersion.Version {
				return d
			}
		}
	}
	return nil
}

// judgeVersion warns of a kind if its definition among the objects does not serve the version.
func (g *Generator) judgeVersion(kind catalog.Kind) {
	for _, d := range g.definitions {
		if d.Group == kind.GroupVersion.Group && d.Resource.Kind == kind.Name {
			g.warn(&g.kinds[kind].first, &manifest.Node{}, "Unknown version", "%s of %s: its CustomResourceDefinition does not serve this version", kind.Name, kind.GroupVersion)
		}
	}
}

// maxWarnings is how many warnings are kept.
const maxWarnings = 100

// warn adds a warning, or counts it if there is the same one.
func (g *Generator) warn(o *manifest.Object, at *manifest.Node, summary, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	for i := range g.warnings {
		if w := &g.warnings[i]; w.Message == message {
			w.More++
			return
		}
	}
	if len(g.warnings) >= maxWarnings {
		g.dropped++
		return
	}
	line := o.Line
	if at.Line > 0 {
		line = at.Line
	}
	g.warnings = append(g.warnings, Warning{File: o.File, Line: line, Summary: summary, Message: message})
}

// Warnings returns the warnings. Those of [Generator.Declaration] come last. If there are very many, the
// last one says how many are missing, without a file.
func (g *Generator) Warnings() []Warning {
	if g.dropped == 0 {
		return g.warnings
	}
	return append(slices.Clip(g.warnings), Warning{Summary: "More warnings", Message: fmt.Sprintf("%d more are not shown", g.dropped)})
}

// text returns a string, and an empty one for any other value.
func text(n *manifest.Node) string {
	if n.Kind == manifest.String {
		return n.Text
	}
	return ""
}
