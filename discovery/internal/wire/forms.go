package wire

import (
	"errors"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
)

type (
	// Group is an API group.
	Group = model.Group
	// Version is one version of a group.
	Version = model.Version
	// Resource is a top-level resource of a group version.
	Resource = model.Resource
	// Subresource is a subresource, such as log of pods.
	Subresource = model.Subresource

	codec = jsonwalk.Codec
)

// The forms in which the same object is written.
const (
	// aggregated is APIGroupDiscoveryList.
	aggregated = iota
	// plain is APIVersions, APIGroupList, APIResourceList and /version.
	plain
	// Saved is a saved snapshot: the only form that is also written.
	Saved
)

// names gives what the form calls a member. It is empty where the form does not have it.
func names(c *codec, inAggregated, inPlain, inSaved string) string {
	switch c.Form {
	case aggregated:
		return inAggregated
	case plain:
		return inPlain
	}
	return inSaved
}

// check ends the reading where there is an error.
func check(c *codec, err error) {
	if c.In != nil && err != nil {
		c.In.Failf("%v", err)
	}
}

// Fact is a member of a saved object that has either a value or a failure. It is left out
// where nobody asked.
func Fact[T any](c *codec, name string, f *model.Fact[T], value func(*codec, *T)) {
	c.Optional(!f.Asked())
	Answer(c, name, f, value)
}

// Answer is like [Fact], and never left out.
func Answer[T any](c *codec, name string, f *model.Fact[T], value func(*codec, *T)) {
	if c.Member(name) {
		fact(c, &f.Known, &f.Failure, func() { value(c, &f.Value) })
	}
}

// fact is a [model.Fact] of any type.
func fact(c *codec, known *bool, f **model.Failure, value func()) {
	c.Object(func() {
		if c.Optional(!*known).Member("value") {
			value()
			*known = true
		}
		if c.Optional(*known).Member("failure") {
			if c.In != nil {
				*f = &model.Failure{}
			}
			failure(c, *f)
		}
	})
	if c.In != nil && *known == (*f != nil) {
		c.In.Failf("it has to have either a value or a failure")
	}
}

func failure(c *codec, f *model.Failure) {
	c.Object(func() {
		jsonwalk.OneOf(c, "code", &f.Code, "a code of a failure", model.FailureCodes())
		c.Message("message", &f.Message)
	})
	if f.Message == "" {
		check(c, errors.New("the message is empty"))
	}
}
