package discovery

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// document reads an object that Kubernetes calls kind, or one that has no kind
// where that is empty. It gives each name to member, which reads the value and
// tells whether it knows the name. The member required must be there, be it
// null, unless it is empty. An answer of another kind is an error,
// and a Status, which is how an API server says no, gives its message. The kind that
// it calls itself comes back, and is empty where it has none.
func (w *walker) document(kind, required string, member func(name string) bool) (is string) {
	if !w.root() {
		return ""
	}
	var message string
	seen := required == ""
	for name := range w.members() {
		seen = seen || name == required
		switch {
		case name == "kind":
			is = w.text()
			switch {
			case is == "" || is == kind || is == "Status":
			case kind == "":
				w.failf("the kind is %s, which was not asked for", quote(is))
			default:
				w.failf("the kind is %s, not %s", quote(is), kind)
			}
		case name == "message" && is == "Status":
			message = w.text()
		case is == "Status" || !member(name):
			w.skip()
		}
	}
	switch {
	case w.err != nil:
	case is == "Status" && message == "":
		w.err = &brokenError{what: "it is a Status without a message"}
	case is == "Status":
		w.err = &brokenError{what: "it is a Status: " + message}
	case !seen:
		w.err = &brokenError{what: fmt.Sprintf("it has no %s", required)}
	}
	return is
}

// root tells whether the document is an object, and ends the walk if it is not.
func (w *walker) root() bool {
	if kind := w.dec.PeekKind(); kind != '{' {
		w.token()
		w.mismatch(kind, "an object")
		return false
	}
	return true
}

// repeated gives a name that stands more than once.
func repeated[T any](items []T, name func(*T) string) (string, bool) {
	if len(items) < 2 {
		return "", false
	}
	// Most lists are short, and a map costs more than comparing.
	if len(items) <= 16 {
		for i := range items {
			for j := range i {
				if name(&items[i]) == name(&items[j]) {
					return name(&items[i]), true
				}
			}
		}
		return "", false
	}
	names := make([]string, len(items))
	for i := range items {
		names[i] = name(&items[i])
	}
	slices.Sort(names)
	for i := range names[1:] {
		if names[i] == names[i+1] {
			return names[i], true
		}
	}
	return "", false
}

// checkNames gives an error where a name is longer than any can be.
func checkNames(names ...string) error {
	for _, name := range names {
		if len(name) > maxName {
			return fmt.Errorf("the name %s is longer than %d bytes", quote(name), maxName)
		}
	}
	return nil
}

// checkGroups refuses groups and versions with names that are too long, or that are
// named twice, because it could not be determined which of the two is served.
func (w *walker) checkGroups(groups []Group) {
	if w.err != nil {
		return
	}
	for _, g := range groups {
		err := checkNames(g.Name, g.Preferred)
		for i := 0; i < len(g.Versions) && err == nil; i++ {
			err = checkNames(g.Versions[i].Name)
		}
		if err != nil {
			w.err = &brokenError{what: err.Error(), err: err}
			return
		}
	}
	if name, found := repeated(groups, func(g *Group) string { return g.Name }); found {
		w.err = &brokenError{what: fmt.Sprintf("the group %s is listed twice", quote(name))}
		return
	}
	for _, g := range groups {
		if name, found := repeated(g.Versions, func(v *Version) string { return v.Name }); found {
			w.err = &brokenError{what: fmt.Sprintf("the group %s lists its version %s twice", quote(g.Name), quote(name))}
			return
		}
	}
}

// checkResources gives an error where one resource, or one subresource of it, is
// listed twice, has no name, or has a name, a kind or a verb that is too long. A
// resource without a name may carry subresources that have one.
func checkResources(resources []Resource) error {
	for i := range resources {
		r := &resources[i]
		if r.Name == "" && (r.Kind != "" || len(r.Verbs) > 0 || len(r.Subresources) == 0) {
			return errors.New("a resource has no name")
		}
		if err := resources[i].checkNames(); err != nil {
			return err
		}
	}
	if name, found := repeated(resources, func(r *Resource) string { return r.Name }); found {
		return fmt.Errorf("the resource %s is listed twice", quote(name))
	}
	for i := range resources {
		r := &resources[i]
		if name, found := repeated(r.Subresources, func(s *Subresource) string { return s.Name }); found {
			return fmt.Errorf("the subresource %s is listed twice", quote(r.Name+"/"+name))
		}
	}
	return nil
}

func (r *Resource) checkNames() error {
	err := cmp.Or(checkNames(r.Name, r.Kind), checkNames(r.Verbs...))
	for i := 0; i < len(r.Subresources) && err == nil; i++ {
		s := &r.Subresources[i]
		err = cmp.Or(checkNames(s.Name, s.Kind), checkNames(s.Verbs...))
	}
	return err
}
