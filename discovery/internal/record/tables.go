package record

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// maxEndpoint is how many bytes an endpoint has: a scheme, a host, a port and a path.
const maxEndpoint = 1024

type (
	snapshotMember = jsonwalk.Member[*model.Snapshot]
	groupVersion   = kubeapi.GroupVersion
	review         = answered[model.Review, model.ReviewAnswer]
	field          = answered[model.FieldQuery, model.Field]
	own            = answered[groupVersion, struct{}]
)

// snapshot has the members of a saved snapshot, in their order.
var snapshot = jsonwalk.Object[*model.Snapshot]{
	{Name: "format_version", Value: jsonwalk.Value[*model.Snapshot]{
		Read:  func(w *jsonwalk.Walker, _ *model.Snapshot) { w.Text() },
		Write: func(e *jsonwalk.Encoder, _ *model.Snapshot) { e.Text(newest) },
	}},
	{Name: "endpoint", Value: jsonwalk.Text(func(s *model.Snapshot) *string { return &s.Endpoint }, maxEndpoint)},
	{Name: "time", Value: jsonwalk.Time(func(s *model.Snapshot) *time.Time { return &s.Time })},
	wire.Fact("core", func(s *model.Snapshot) (*model.Group, *bool, **model.Failure) { return s.Core.Parts() }, wire.SavedCore),
	wire.Fact("groups", func(s *model.Snapshot) (*[]model.Group, *bool, **model.Failure) { return s.Named.Parts() }, wire.SavedGroups),
	wire.Fact("confirmed", func(s *model.Snapshot) (*struct{}, *bool, **model.Failure) { return s.Confirmed.Parts() }, isTrue),
	wire.Fact("version", func(s *model.Snapshot) (*model.ServerVersion, *bool, **model.Failure) { return s.Version.Parts() }, wire.SavedServerVersion),
	wire.Fact("server_addresses", func(s *model.Snapshot) (*[]string, *bool, **model.Failure) { return s.ServerAddresses.Parts() },
		jsonwalk.Texts(func(list *[]string) *[]string { return list })),
	asked("fields", 1, func(s *model.Snapshot) *map[model.FieldQuery]model.Fact[model.Field] { return &s.Fields }, fields.Strict(nil), model.FieldQuery.Compare),
	asked("reviews", 1, func(s *model.Snapshot) *map[model.Review]model.Fact[model.ReviewAnswer] { return &s.Reviews }, reviews.Strict(checkReview), model.Review.Compare),
	asked("available", 2, func(s *model.Snapshot) *map[groupVersion]model.Fact[struct{}] { return &s.Available }, available.Strict(nil), func(a, b groupVersion) int {
		return strings.Compare(a.String(), b.String())
	}),
}

// isTrue is the value of a fact that is true or not known.
var isTrue = jsonwalk.Value[*struct{}]{
	Read: func(w *jsonwalk.Walker, _ *struct{}) {
		if !w.Set() {
			w.Failf("the value is something else than true")
		}
	},
	Write: func(e *jsonwalk.Encoder, _ *struct{}) { e.Bool(true) },
}

// answered is one question of those in a map, with its answer.
type answered[K comparable, V any] struct {
	question K
	answer   model.Fact[V]
}

// asked is a map of answers, which is saved as the list of them, in the order of their
// questions. It is left out where it is empty.
func asked[K comparable, V any](
	name string, since int, at func(*model.Snapshot) *map[K]model.Fact[V],
	item jsonwalk.Value[*answered[K, V]], compare func(a, b K) int,
) snapshotMember {
	return snapshotMember{
		Name: name, Optional: true, Since: since, Omit: func(s *model.Snapshot) bool { return len(*at(s)) == 0 },
		Value: jsonwalk.Value[*model.Snapshot]{
			Read: func(w *jsonwalk.Walker, s *model.Snapshot) {
				answers := map[K]model.Fact[V]{}
				for range w.Elements() {
					w.Take(&w.Left.Texts, name)
					var one answered[K, V]
					item.Read(w, &one)
					if _, found := answers[one.question]; found {
						w.Failf("it is there twice")
					}
					answers[one.question] = one.answer
				}
				if len(answers) > 0 {
					*at(s) = answers
				}
			},
			Write: func(e *jsonwalk.Encoder, s *model.Snapshot) {
				answers := *at(s)
				questions := slices.SortedFunc(maps.Keys(answers), compare)
				jsonwalk.WriteList(e, questions, func(e *jsonwalk.Encoder, question *K) {
					item.Write(e, &answered[K, V]{*question, answers[*question]})
				})
			},
		},
	}
}
