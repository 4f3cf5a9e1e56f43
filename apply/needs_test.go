package apply_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

func TestNeeds(t *testing.T) {
	failure := &discovery.Failure{Code: discovery.Unreachable, Message: "no route"}
	tests := []struct {
		name, declaration string
		change            func(*discovery.Snapshot)
		want              discovery.Needs
	}{
		{"group versions need the documents", `api "v1" {}`, nil, discovery.Needs{Documents: true}},
		{"a version range needs the version alone", "cluster {\n kubernetes = \">= 1.0\"\n}", nil, discovery.Needs{Version: true}},
		{"addresses need the plain document alone", "cluster {\n server_address = \"h:1\"\n}", nil, discovery.Needs{ServerAddresses: true}},
		{"an endpoint needs nothing", "cluster {\n endpoint = \"https://10.0.0.1\"\n}", nil, discovery.Needs{}},
		{
			"what is switched off is not asked for",
			"cluster {\n enabled = false\n kubernetes = \">= 1.0\"\n server_address = \"h:1\"\n}\napi \"v1\" {\n enabled = false\n}\ncluster {\n endpoint = \"https://10.0.0.1\"\n}",
			nil, discovery.Needs{},
		},
		{
			"nothing is asked of another endpoint than the declared one",
			"cluster {\n endpoint = \"https://10.0.0.2\"\n kubernetes = \">= 1.0\"\n}\napi \"v1\" {}", nil, discovery.Needs{},
		},
		{
			"a failure is not asked for again",
			"cluster {\n kubernetes = \">= 1.0\"\n server_address = \"h:1\"\n}\napi \"v1\" {}",
			func(s *discovery.Snapshot) { s.FailUnasked(failure) }, discovery.Needs{},
		},
		{
			"one document without the other is enough for its own groups",
			`api "v1" {}`,
			func(s *discovery.Snapshot) { s.Core = snapshot().Core }, discovery.Needs{},
		},
		{
			"one document without the other is not enough for the groups of the other",
			`api "apps/v1" {}`,
			func(s *discovery.Snapshot) { s.Core = snapshot().Core }, discovery.Needs{Documents: true},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &discovery.Snapshot{Endpoint: "https://10.0.0.1:443"}
			if tt.change != nil {
				tt.change(s)
			}
			if diff := cmp.Diff(tt.want, apply.Needs(parse(t, tt.declaration), s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
