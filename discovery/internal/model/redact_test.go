package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestRedact(t *testing.T) {
	const address = "10.0.0.1"
	failure := func() *model.Failure {
		return &model.Failure{Code: model.Unreachable, Message: "dial " + address, Request: "GET " + address, User: "jane"}
	}
	const without = "unreachable: left out by snapshot --redact"
	left := &model.Failure{Code: model.Unreachable, Message: without}
	gv, q, r := kubeapi.GroupVersion{Group: "a", Version: "v1"}, model.FieldQuery{Kind: "K"}, model.Review{Verb: "get"}
	versions := func(f *model.Failure) []model.Version {
		return []model.Version{{Name: "v1", Resources: model.Failed[[]model.Resource](f)}}
	}
	s := &model.Snapshot{
		Endpoint: "https://" + address + ":443", ServerAddresses: model.Known([]string{address}),
		Core: model.Known(model.Group{Versions: versions(failure())}), Named: model.Known([]model.Group{{Name: "a", Versions: versions(failure())}}),
		Confirmed: model.Failed[struct{}](failure()), Version: model.Failed[model.ServerVersion](failure()),
		Fields:    map[model.FieldQuery]model.Fact[model.Field]{q: model.Failed[model.Field](failure())},
		Schemas:   map[kubeapi.GroupVersion]model.Fact[*model.Schemas]{gv: model.Failed[*model.Schemas](failure())},
		Available: map[kubeapi.GroupVersion]model.Fact[struct{}]{gv: model.Failed[struct{}](failure())},
		Reviews: map[model.Review]model.Fact[model.ReviewAnswer]{
			r:              model.Known(model.ReviewAnswer{Allowed: true, Reason: address, EvaluationError: address}),
			{Verb: "list"}: model.Failed[model.ReviewAnswer](failure()),
		},
	}
	s.Redact()
	want := &model.Snapshot{
		ServerAddresses: model.Failed[[]string](&model.Failure{Code: model.NotRecorded, Message: "left out by snapshot --redact"}),
		Core:            model.Known(model.Group{Versions: versions(left)}), Named: model.Known([]model.Group{{Name: "a", Versions: versions(left)}}),
		Confirmed: model.Failed[struct{}](left), Version: model.Failed[model.ServerVersion](left),
		Fields:    map[model.FieldQuery]model.Fact[model.Field]{q: model.Failed[model.Field](left)},
		Schemas:   map[kubeapi.GroupVersion]model.Fact[*model.Schemas]{gv: model.Failed[*model.Schemas](left)},
		Available: map[kubeapi.GroupVersion]model.Fact[struct{}]{gv: model.Failed[struct{}](left)},
		Reviews: map[model.Review]model.Fact[model.ReviewAnswer]{
			r:              model.Known(model.ReviewAnswer{Allowed: true, Reason: "left out by snapshot --redact", EvaluationError: "left out by snapshot --redact"}),
			{Verb: "list"}: model.Failed[model.ReviewAnswer](left),
		},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
