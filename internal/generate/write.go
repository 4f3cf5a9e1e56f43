package generate

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/safe"
	"github.com/kreconcile/kreconcile/kubeapi"
	"github.com/kreconcile/kreconcile/manifest"
)

// places are where something is needed. The zero value has none.
type places struct{ list []string }

// maxPlaces is how many places a reason names.
const maxPlaces = 3

// add adds a place, unless it is among the first ones.
func (p *places) add(place string) {
	if place != "" && len(p.list) <= maxPlaces && !slices.Contains(p.list, place) {
		p.list = append(p.list, place)
	}
}

func (p *places) String() string {
	if len(p.list) > maxPlaces {
		return strings.Join(p.list[:maxPlaces], ", ") + " and others"
	}
	return strings.Join(p.list, ", ")
}

// stdin is the name of a file that is standard input.
const stdin = "<stdin>"

// placeOf returns the template that an object comes from, else its file and a line, and its name where
// nobody could find these again.
func placeOf(o *manifest.Object, line int) string {
	switch {
	case o.Source != "":
		return o.Source
	case o.File != stdin:
		return o.File + ":" + strconv.Itoa(line)
	case o.Name != "":
		return "the object " + o.Name
	}
	return ""
}

// define adds a definition. The later one of two with one name counts.
func (g *Generator) define(o *manifest.Object, of *manifest.Definition) {
	d := &definition{Definition: of, place: placeOf(o, o.Line)}
	for _, v := range of.Versions {
		var fields []string
		if g.options.Definitions {
			fields = fieldsOf(v.Schema)
		}
		d.fields = append(d.fields, fields)
	}
	// The manifest itself is not kept.
	for i := range of.Versions {
		of.Versions[i].Schema = nil
	}
	g.definitions[of.Resource.Name+"."+of.Group] = d
}

// Declaration returns the declaration in canonical style. It is an error if it would require nothing.
func (g *Generator) Declaration() (string, error) {
	if g.options.Definitions && len(g.definitions) == 0 {
		return "", errors.New("there is no CustomResourceDefinition in the manifests")
	}
	resources := map[kubeapi.GroupVersion][]string{}
	versions, kinds := g.needed()
	if g.options.Definitions {
		for _, name := range slices.Sorted(maps.Keys(g.definitions)) {
			for _, v := range g.definitions[name].Versions {
				gv := kubeapi.GroupVersion{Group: g.definitions[name].Group, Version: v.Name}
				versions = insert(versions, gv)
				resources[gv] = append(resources[gv], name)
			}
		}
	}
	w := &writer{}
	for _, gv := range versions {
		w.open("api", gv.String())
		for _, name := range resources[gv] {
			w.definition(g.definitions[name], gv.Version)
		}
		for _, name := range kinds[gv] {
			w.kind(name, g.kinds[catalog.Kind{GroupVersion: gv, Name: name}])
		}
		w.close()
	}
	if g.options.Permissions {
		g.permissions(w)
	}
	if w.text.Len() == 0 {
		return "", errors.New("the manifests need nothing of a cluster")
	}
	return w.formatted()
}

// tooLarge is the summary of a diagnostic of [config.Format].
const tooLarge = "File too large"

// formatted returns the text in canonical style.
func (w *writer) formatted() (string, error) {
	text, diags := config.Format(config.Source{Name: "declaration.hcl", Bytes: w.text.Bytes()})
	if diags.HasErrors() && diags[0].Summary == tooLarge {
		return "", errors.New("the declaration would be too large: generate several, each for a part of the manifests")
	}
	if diags.HasErrors() {
		return "", diags
	}
	return string(text), nil
}

// needed returns the kinds that the objects do not bring along.
func (g *Generator) needed() (versions []kubeapi.GroupVersion, kinds map[kubeapi.GroupVersion][]string) {
	kinds = map[kubeapi.GroupVersion][]string{}
	all, kindsOf := g.all()
	for _, gv := range all {
		for _, name := range kindsOf[gv] {
			if kind := (catalog.Kind{GroupVersion: gv, Name: name}); !g.comesAlong(kind) {
				g.judgeVersion(kind)
				kinds[gv] = append(kinds[gv], name)
			}
		}
		if len(kinds[gv]) > 0 {
			versions = append(versions, gv)
		}
	}
	return versions, kinds
}

// all returns the group versions of all objects by their groups, of which the core group is the first, and
// their priority, and the kinds of each by their names.
func (g *Generator) all() (versions []kubeapi.GroupVersion, kinds map[kubeapi.GroupVersion][]string) {
	kinds = map[kubeapi.GroupVersion][]string{}
	for kind := range g.kinds {
		gv := kind.GroupVersion
		if kinds[gv] == nil {
			versions = insert(versions, gv)
		}
		kinds[gv] = append(kinds[gv], kind.Name)
	}
	for _, names := range kinds {
		slices.Sort(names)
	}
	return versions, kinds
}

// insert adds a group version to a sorted list, unless it is there. A generic sort would add more code to
// the program.
func insert(list []kubeapi.GroupVersion, gv kubeapi.GroupVersion) []kubeapi.GroupVersion {
	i := 0
	for i < len(list) && (list[i].Group < gv.Group || list[i].Group == gv.Group && kubeapi.CompareVersions(list[i].Version, gv.Version) < 0) {
		i++
	}
	if i < len(list) && list[i] == gv {
		return list
	}
	return slices.Insert(list, i, gv)
}

// writer writes blocks without spaces at the start of lines.
type writer struct {
	text bytes.Buffer
	// separated is set if the next block needs an empty line before it.
	separated bool
	// fields is set if the line before is a field.
	fields bool
}

func (w *writer) open(name string, labels ...string) {
	if w.separated {
		w.text.WriteString("\n")
	}
	w.text.WriteString(name)
	for _, label := range labels {
		w.text.WriteString(" " + quote(label))
	}
	w.text.WriteString(" {\n")
	w.separated, w.fields = false, false
}

// comment writes a comment about the block that follows.
func (w *writer) comment(text string) {
	if w.separated {
		w.text.WriteString("\n")
	}
	w.text.WriteString("# " + text + "\n")
	w.separated = false
}

func (w *writer) close() {
	if bytes.HasSuffix(w.text.Bytes(), []byte("{\n")) {
		w.text.Truncate(w.text.Len() - 1)
	}
	w.text.WriteString("}\n")
	w.separated, w.fields = true, false
}

func (w *writer) attribute(name, value string) {
	w.text.WriteString(name + " = " + value + "\n")
	w.separated = true
}

// listOf writes a list, in one line if it is short.
func listOf(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = quote(item)
	}
	one := strings.Join(quoted, ", ")
	const long = 100
	if len(one) > long {
		return "[\n" + strings.Join(quoted, ",\n") + ",\n]"
	}
	return "[" + one + "]"
}

func (w *writer) reason(place string) {
	if place != "" {
		w.attribute("reason", quote(place))
	}
}

func (w *writer) kind(name string, u *use) {
	w.open("kind", name)
	reason := u.places.String()
	w.reason(reason)
	for _, path := range slices.Sorted(maps.Keys(u.fields)) {
		if own := u.fields[path].String(); own != reason {
			w.open("field", path)
			w.reason(own)
			w.close()
			continue
		}
		w.field(path)
	}
	w.close()
}

// field writes a field in one line.
func (w *writer) field(path string) {
	if w.separated && !w.fields {
		w.text.WriteString("\n")
	}
	w.text.WriteString("field " + quote(path) + " {}\n")
	w.separated, w.fields = true, true
}

func (w *writer) definition(d *definition, version string) {
	i := slices.IndexFunc(d.Versions, func(v manifest.DefinedVersion) bool { return v.Name == version })
	w.open("resource", d.Resource.Name)
	w.resource(d.Resource.Kind, d.Resource.Scope, nil, d.Versions[i].Subresources)
	w.reason(d.place)
	for _, path := range d.fields[i] {
		w.field(path)
	}
	w.close()
}

// quote writes a string of HCL.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{").Replace(safe.Line(s)) + `"`
}
