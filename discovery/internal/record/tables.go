package record

import (
	"sort"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/kubeapi"
)

const (
	maxEndpoint = 1024 // bytes of a scheme, a host, a port and a path
	maxPath     = 1024 // bytes of the path of a field, see [kubeapi.ParseFieldPath]
)

type codec = jsonwalk.Codec

// snapshot is a saved snapshot.
func snapshot(c *codec, s *model.Snapshot) {
	c.Object(func() {
		format := formatOf(s)
		c.Text("format_version", &format, 0)
		c.Text("endpoint", &s.Endpoint, maxEndpoint)
		c.Time("time", &s.Time)
		wire.Fact(c, "core", &s.Core, wire.SavedCore)
		wire.Fact(c, "groups", &s.Named, wire.SavedGroups)
		wire.Fact(c, "confirmed", &s.Confirmed, isTrue)
		wire.Fact(c, "version", &s.Version, wire.SavedServerVersion)
		wire.Fact(c, "server_addresses", &s.ServerAddresses, addresses)
		asked(c, "fields", 1, &s.Fields, model.FieldQuery.Compare, field)
		asked(c, "schemas", 3, &s.Schemas, byName, schemas)
		asked(c, "reviews", 1, &s.Reviews, model.Review.Compare, review)
		asked(c, "available", 2, &s.Available, byName, available)
	})
}

func byName(a, b kubeapi.GroupVersion) int { return strings.Compare(a.String(), b.String()) }

// isTrue is the value of a fact that is true or not known.
func isTrue(c *codec, _ *struct{}) {
	if c.Out != nil {
		c.Out.Bool(true)
	} else if !c.In.Set() {
		c.In.Failf("the value is something else than true")
	}
}

func addresses(c *codec, list *[]string) {
	c.TextItems(list, wire.MaxName)
}

// asked is a map of answers, which is saved as the list of them, in the order of their
// questions. It is left out where it is empty.
func asked[K comparable, V any](
	c *codec, name string, since int, answers *map[K]model.Fact[V], order func(a, b K) int,
	item func(*codec, *K, *model.Fact[V]),
) {
	if !c.Optional(len(*answers) == 0).Since(since).Member(name) {
		return
	}
	if c.Out != nil {
		var questions []K
		for question := range *answers {
			questions = append(questions, question)
		}
		sort.SliceStable(questions, func(i, j int) bool { return order(questions[i], questions[j]) < 0 })
		c.Each(len(questions), func(i int) {
			answer := (*answers)[questions[i]]
			item(c, &questions[i], &answer)
		})
		return
	}
	read := map[K]model.Fact[V]{}
	c.Each(0, func(int) {
		c.In.Take(&c.In.Left.Texts, name)
		var question K
		var answer model.Fact[V]
		item(c, &question, &answer)
		if _, found := read[question]; found {
			c.In.Failf("it is there twice")
		}
		read[question] = answer
	})
	if len(read) > 0 {
		*answers = read
	}
}
