package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// life is the lifecycle of a kind. Each release is written as "1.34", and empty where nothing is
// known.
type life struct{ introduced, deprecated, removed, replacement, replacementKind string }

// line returns the columns of a lifecycle.
func (l life) line() string {
	return line(l.introduced, l.deprecated, l.removed, l.replacement, l.replacementKind)
}

// history is what several releases, in order, say of kinds and resources. A kind is written as its
// group version and its name, as in a line.
type history struct {
	releases []*release
	// lives are the declared lifecycles. What a newer release says is what has become of the kind.
	lives map[string]life
	// published are the indexes of the releases whose documents have the kind.
	published map[string][]int
	// resources are the resources of any release, each a line of group version, kind and name.
	resources map[string]bool
}

// historyOf reads the facts of releases.
func historyOf(releases []*release) *history {
	h := &history{releases, map[string]life{}, map[string][]int{}, map[string]bool{}}
	for i, r := range releases {
		maps.Copy(h.lives, r.lives)
		for fact := range r.facts {
			switch c := strings.Split(fact, "\t"); {
			case c[0] == "kind":
				kind := line(c[1], c[2])
				h.published[kind] = append(h.published[kind], i)
			case c[0] == "resource" && !strings.Contains(c[2], "/"):
				h.resources[line(c[1], c[3], c[2])] = true
			}
		}
	}
	return h
}

// kinds returns every kind with a lifecycle, in order. What Kubernetes declares is a plan: where the
// documents of the releases show when a kind came or went, that counts.
func (h *history) kinds() map[string]life {
	lives := map[string]life{}
	for kind, l := range h.lives {
		lives[kind] = h.completed(kind, l)
	}
	for kind := range h.published {
		if l := h.completed(kind, h.lives[kind]); l != (life{}) {
			lives[kind] = l
		}
	}
	return lives
}

// completed corrects a declared lifecycle by the documents, and finds a replacement if none is
// declared.
func (h *history) completed(kind string, l life) life {
	gv, name, _ := strings.Cut(kind, "\t")
	if same := line(l.replacement, name); l.replacementKind != name && len(h.published[same]) > 0 {
		// Some kinds declare the list of their replacement.
		l.replacementKind = name
	}
	in := h.published[kind]
	if len(in) == 0 {
		return l
	}
	newest := len(h.releases) - 1
	if first := in[0]; first > 0 {
		l.introduced = h.releases[first].version.release()
	}
	switch last := in[len(in)-1]; {
	case last < newest:
		l.removed = h.releases[last+1].version.release()
	case h.isPast(l.removed):
		// The newest release still has it.
		l.removed = ""
	}
	if l.removed != "" && minorOf(l.removed) < minorOf(l.deprecated) {
		// It went before the release in which it would have been deprecated.
		l.deprecated = ""
	}
	if (l.deprecated != "" || l.removed != "") && l.replacementKind == "" {
		if preferred := h.preferred(gv, name); preferred != "" {
			l.replacement, l.replacementKind = preferred, name
		}
	}
	return l
}

// isPast reports whether the newest release is the one named, or a later one.
func (h *history) isPast(release string) bool {
	return release != "" && minorOf(release) <= h.releases[len(h.releases)-1].version.minor
}

// preferred returns the version of the kind's group that comes first of those that serve the kind by
// default in the newest release, unless that is the kind's own. The kind may be that of a list.
func (h *history) preferred(gv, kind string) string {
	group, version := splitVersion(gv)
	best := version
	for fact := range h.releases[len(h.releases)-1].facts {
		c := strings.Split(fact, "\t")
		if c[0] != "resource" || c[3] != kind && c[3]+"List" != kind || c[9] != "on" {
			continue
		}
		if g, v := splitVersion(c[1]); g == group && slices.Compare(priority(v), priority(best)) > 0 {
			best = v
		}
	}
	if best == version {
		return ""
	}
	return groupVersion{group, best}.String()
}

// resourceNames returns the name of the resource of each kind. A kind of an older release than these
// has the name that the same kind has in another version of its group, or in its replacement's.
func (h *history) resourceNames(lives map[string]life) map[string]string {
	byKind, byGroup := map[string]string{}, map[string]string{}
	for _, resource := range sortedKeys(h.resources) {
		c := strings.Split(resource, "\t")
		byKind[line(c[0], c[1])] = c[2]
		group, _ := splitVersion(c[0])
		byGroup[line(group, c[1])] = c[2]
	}
	names := map[string]string{}
	for kind, l := range lives {
		gv, name, _ := strings.Cut(kind, "\t")
		group, _ := splitVersion(gv)
		next, _ := splitVersion(l.replacement)
		names[kind] = cmp.Or(byKind[kind], byGroup[line(group, name)], byGroup[line(next, name)])
	}
	return names
}

// deprecated returns the file of deprecated kinds: each kind of a resource that is deprecated or
// removed in the newest release. Package catalog describes the format.
func deprecated(releases []*release) []byte {
	h := historyOf(releases)
	lives := h.kinds()
	names := h.resourceNames(lives)
	var b bytes.Buffer
	b.WriteString("# make catalog wrote this file. Package catalog describes it.\n")
	before := ""
	for _, kind := range sortedKeys(lives) {
		l := lives[kind]
		if names[kind] == "" || !h.isPast(l.deprecated) && !h.isPast(l.removed) {
			continue
		}
		gv, name, _ := strings.Cut(kind, "\t")
		if gv != before {
			fmt.Fprintln(&b, gv)
			before = gv
		}
		fmt.Fprintln(&b, line("", name, names[kind], l.line()))
	}
	return b.Bytes()
}

// minorOf returns the minor version of "1.34", and -1 for nothing.
func minorOf(release string) int {
	v, ok := parseVersion(release)
	if !ok {
		return -1
	}
	return v.minor
}

// release returns the minor release: "1.34".
func (v version) release() string { return fmt.Sprintf("1.%d", v.minor) }

// splitVersion splits a group version. The core group is empty.
func splitVersion(gv string) (group, version string) {
	i := strings.LastIndexByte(gv, '/')
	return gv[:max(i, 0)], gv[i+1:]
}

var apiVersionPattern = regexp.MustCompile(`^v(\d+)(?:(alpha|beta)(\d+))?$`)

// priority returns what to compare versions such as v1beta2 by: the higher one is preferred.
func priority(version string) []int {
	m := apiVersionPattern.FindStringSubmatch(version)
	if m == nil {
		return nil
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[3])
	return []int{slices.Index([]string{"alpha", "beta", ""}, m[2]), major, minor}
}
