package wire_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// TestDocumentForm has the nine content types of client-go's
// TestDiscoveryContentTypeVersion first. What that test calls no match without an
// error is the plain document where it is JSON, and else an error here.
func TestDocumentForm(t *testing.T) {
	tests := []struct {
		contentType string
		aggregated  bool
		err         string
	}{
		{contentType: "application/json; g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", aggregated: true},
		{contentType: "application/json; v=v2;as=APIGroupDiscoveryList;g=apidiscovery.k8s.io", aggregated: true},
		{contentType: "application/json; as=APIGroupDiscoveryList;g=apidiscovery.k8s.io;v=v2", aggregated: true},
		{contentType: "application/json; g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList;charset=utf-8", aggregated: true},
		{contentType: "application/json"},
		{contentType: "application/json; charset=UTF-8"},
		{contentType: "text/json", err: `the content type is "text/json", not JSON; is it a Kubernetes API server?`},
		{contentType: "text/html", err: `the content type is "text/html", not JSON; is it a Kubernetes API server?`},
		{contentType: "", err: "the answer has no content type; is it a Kubernetes API server?"},

		{contentType: "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList", aggregated: true},
		{contentType: "Application/JSON;G=apidiscovery.k8s.io;V=v2;AS=APIGroupDiscoveryList", aggregated: true},
		{contentType: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList;profile=nopeer", aggregated: true},
		{
			contentType: "application/json;g=apidiscovery.k8s.io;v=v3;as=APIGroupDiscoveryList",
			err:         `the content type "application/json;g=apidiscovery.k8s.io;v=v3;as=APIGroupDiscoveryList" is not a discovery document that was asked for`,
		},
		{
			contentType: "application/json;g=meta.k8s.io;v=v1;as=Table",
			err:         `the content type "application/json;g=meta.k8s.io;v=v1;as=Table" is not a discovery document that was asked for`,
		},
		{
			contentType: "application/json;as=APIGroupDiscoveryList",
			err:         `the content type "application/json;as=APIGroupDiscoveryList" is not a discovery document that was asked for`,
		},
		{
			contentType: "application/vnd.kubernetes.protobuf",
			err:         `the content type is "application/vnd.kubernetes.protobuf", not JSON; is it a Kubernetes API server?`,
		},
		{
			contentType: "application/json;v=v1;v=v2",
			err:         `the content type "application/json;v=v1;v=v2" cannot be read: mime: duplicate parameter name`,
		},
	}
	for _, test := range tests {
		t.Run(test.contentType, func(t *testing.T) {
			got, err := wire.IsAggregated(test.contentType)
			if got != test.aggregated {
				t.Errorf("aggregated: %v", got)
			}
			checkError(t, test.err, err)
		})
	}
}
