package wire

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

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
		if len(name) > MaxName {
			return fmt.Errorf("the name %s is longer than %d bytes", text.Quote(name), MaxName)
		}
	}
	return nil
}

// CheckGroups gives an error where groups or versions are named twice, because it could not be determined which of the two is served.
func CheckGroups(groups []Group) error {
	if name, found := repeated(groups, func(g *Group) string { return g.Name }); found {
		return fmt.Errorf("the group %s is listed twice", text.Quote(name))
	}
	for _, g := range groups {
		if name, found := repeated(g.Versions, func(v *Version) string { return v.Name }); found {
			return fmt.Errorf("the group %s lists its version %s twice", text.Quote(g.Name), text.Quote(name))
		}
	}
	return nil
}

// CheckCore gives an error where a document of /api is about another group than the one
// without a name.
func CheckCore(groups []Group) error {
	for _, g := range groups {
		if g.Name != "" {
			return errors.New("it is about the group " + text.Quote(g.Name) + ", and not about the one without a name")
		}
	}
	return nil
}

// CheckNamed gives an error where a document of /apis has a group without a name.
func CheckNamed(groups []Group) error {
	for _, g := range groups {
		if g.Name == "" {
			return errors.New("a group has no name")
		}
	}
	return nil
}

// checkResources gives an error where one resource, or one subresource of it, is
// listed twice, has no name, or has a text that is too long. A
// resource without a name may carry subresources that have one.
func checkResources(resources []Resource) error {
	for i := range resources {
		r := &resources[i]
		if r.Name == "" && (r.Kind != "" || len(r.Verbs) > 0 || len(r.Subresources) == 0) {
			return errors.New("a resource has no name")
		}
		if err := checkNamesOf(&resources[i]); err != nil {
			return err
		}
	}
	if name, found := repeated(resources, func(r *Resource) string { return r.Name }); found {
		return fmt.Errorf("the resource %s is listed twice", text.Quote(name))
	}
	for i := range resources {
		r := &resources[i]
		if name, found := repeated(r.Subresources, func(s *Subresource) string { return s.Name }); found {
			return fmt.Errorf("the subresource %s is listed twice", text.Quote(r.Name+"/"+name))
		}
	}
	return nil
}

func checkNamesOf(r *Resource) error {
	err := cmp.Or(checkNames(r.Name, r.Singular, r.Kind), checkNames(r.Verbs...), checkNames(r.ShortNames...), checkNames(r.Categories...))
	for i := 0; i < len(r.Subresources) && err == nil; i++ {
		s := &r.Subresources[i]
		err = cmp.Or(checkNames(s.Name, s.Kind), checkNames(s.Verbs...))
	}
	return err
}
