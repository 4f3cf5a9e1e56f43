package catalog

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

//go:embed releases.gz
var compressed []byte

// archive is the decoded file.
type archive struct {
	releases  []Release
	resources []resource
	// first has the index of the first resource of each group version; the others of
	// it follow.
	first  map[kubeapi.GroupVersion]int
	kinds  map[kindName][]kind
	fields map[string][]field
	lives  map[kindName]Life
	// groups are the groups that any release, or lifecycle, names.
	groups map[string]bool
}

// set has a bit for each release.
type set uint64

func (s set) has(r Release) bool { return s&(1<<r.index) != 0 }

// resource is a resource, or a subresource, as some releases have it.
type resource struct {
	gv kubeapi.GroupVersion
	// subresource is what is behind the slash, and empty for a resource.
	discovery.Resource
	subresource string
	on          bool
	// gates are the feature gates that are off and that it needs.
	gates []string
	in    set
}

type kindName struct {
	gv   kubeapi.GroupVersion
	kind string
}

// kind is the type of a kind in some releases.
type kind struct {
	typeOf string
	in     set
}

// field is a field of a type in some releases.
type field struct {
	name, typeOf string
	required     bool
	in           set
}

// decoded decodes the file once, when it is first needed.
var decoded = sync.OnceValue(func() *archive { //nolint:gochecknoglobals // It is made once, when a release is first asked for.
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		panic("catalog: " + err.Error())
	}
	// RFC 1952, 2.3.1: the last bytes are the length of the text, which then needs memory only once.
	size := binary.LittleEndian.Uint32(compressed[len(compressed)-4:])
	var text strings.Builder
	text.Grow(int(size))
	if _, err := io.CopyN(&text, r, int64(size)); err != nil {
		panic("catalog: " + err.Error())
	}
	return decode(text.String())
})

// decode reads the lines of the file. It panics if one is not understood: the file is ours.
func decode(text string) *archive {
	a := &archive{
		first: map[kubeapi.GroupVersion]int{}, kinds: map[kindName][]kind{}, fields: map[string][]field{}, lives: map[kindName]Life{},
		groups: map[string]bool{},
	}
	groupVersions := map[string]kubeapi.GroupVersion{}
	gvOf := func(s string) kubeapi.GroupVersion {
		gv, known := groupVersions[s]
		if !known && s != "" {
			gv = groupVersionOf(s)
			groupVersions[s] = gv
			a.groups[gv.Group] = true
		}
		return gv
	}
	var c [11]string
	for line := range strings.Lines(text) {
		n := columns(&c, strings.TrimSuffix(line, "\n"))
		switch {
		case c[0] == "release" && n == 2:
			a.releases = append(a.releases, releaseOf(len(a.releases), c[1]))
		case c[0] == "resource" && n == 11:
			r := resource{gv: gvOf(c[1]), in: setOf(c[10])}
			r.Name, r.subresource, _ = strings.Cut(c[2], "/")
			r.Kind, r.Scope, r.Verbs = c[3], kubeapi.Scope(c[4]), list(c[5])
			r.Singular, r.ShortNames, r.Categories = c[6], list(c[7]), list(c[8])
			state := list(c[9])
			r.on, r.gates = state[0] == "on", state[1:]
			if _, seen := a.first[r.gv]; !seen {
				a.first[r.gv] = len(a.resources)
			}
			a.resources = append(a.resources, r)
		case c[0] == "kind" && n == 5:
			name := kindName{gvOf(c[1]), c[2]}
			a.kinds[name] = append(a.kinds[name], kind{c[3], setOf(c[4])})
		case c[0] == "field" && n == 5:
			typeOf, required := strings.CutSuffix(c[3], "!")
			a.fields[c[1]] = append(a.fields[c[1]], field{c[2], typeOf, required, setOf(c[4])})
		case c[0] == "life" && n == 8:
			a.lives[kindName{gvOf(c[1]), c[2]}] = lifeOf(c[3:8])
		default:
			panic("catalog: a line is not understood: " + line)
		}
	}
	return a
}

// of returns the resources of a group version.
func (a *archive) of(gv kubeapi.GroupVersion) []resource {
	first, found := a.first[gv]
	if !found {
		return nil
	}
	rows := a.resources[first:]
	if end := slices.IndexFunc(rows, func(r resource) bool { return r.gv != gv }); end >= 0 {
		rows = rows[:end]
	}
	return rows
}

// columns splits a line, and returns how many columns it has. Each of the first three keeps its
// value if it and those before it are empty in the line.
func columns(c *[11]string, line string) int {
	n, same := 0, true
	for column := range strings.SplitSeq(line, "\t") {
		if n == len(c) {
			return n + 1
		}
		if same = same && n < 3 && column == ""; !same {
			c[n] = column
		}
		n++
	}
	return n
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func setOf(s string) set {
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		panic("catalog: " + err.Error())
	}
	return set(n)
}

// minor reads "1.34". Nothing is the zero Version.
func minor(s string) kubeapi.Version {
	if s == "" {
		return kubeapi.Version{}
	}
	major, minor, _ := strings.Cut(s, ".")
	v, err := kubeapi.ParseMajorMinor(major, minor)
	if err != nil {
		panic("catalog: " + err.Error())
	}
	return v
}
