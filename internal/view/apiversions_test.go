package view_test

import (
	"bytes"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/kubeapi"
)

func TestAPIVersions(t *testing.T) {
	v := &report.APIVersions{
		Origin: &report.Origin{Endpoint: "https://10.0.0.1:443"}, KubeVersion: "v1.37.2", ExitCode: 3,
		List: []report.APIVersion{
			{GroupVersion: kubeapi.GroupVersion{Group: "apps", Version: "v1"}, Kinds: []string{"Deployment", "Scale", "$(reboot)"}},
			{GroupVersion: kubeapi.GroupVersion{Group: "stale.example.com", Version: "v1"}, Failure: &discovery.Failure{Code: discovery.Stale, Message: "it is stale"}},
			{GroupVersion: kubeapi.GroupVersion{Version: "v1"}},
		},
	}
	for _, f := range view.APIVersionFormats() {
		golden(t, "apiversions-"+f.Name+"."+f.Ending, render(t, func(b *bytes.Buffer) error { return f.APIVersions(b, v) }))
	}
}
