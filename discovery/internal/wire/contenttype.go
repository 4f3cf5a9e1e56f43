package wire

import (
	"fmt"
	"mime"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

// IsAggregated tells from the Content-Type of an answer, whatever was asked for, whether it
// is an aggregated discovery document or a plain one. Any other is an error. The parameters may stand in any order, and others may
// stand beside them. The versions v2 and v2beta1 of aggregated discovery have the
// same fields.
//
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#aggregated-discovery
func IsAggregated(contentType string) (bool, error) {
	parameters, err := JSONParameters(contentType)
	if err != nil {
		return false, err
	}
	group, version, as := parameters["g"], parameters["v"], parameters["as"]
	switch {
	case group == "" && version == "" && as == "":
		return false, nil
	case group == "apidiscovery.k8s.io" && as == "APIGroupDiscoveryList" && (version == "v2" || version == "v2beta1"):
		return true, nil
	}
	return false, fmt.Errorf("the content type %s is not a discovery document that was asked for", text.Quote(contentType))
}

// JSONParameters gives the parameters of a content type, and an error where it is
// not JSON.
func JSONParameters(contentType string) (map[string]string, error) {
	if contentType == "" {
		return nil, fmt.Errorf("the answer has no content type; is it a Kubernetes API server?")
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the content type %s cannot be read: %w", text.Quote(contentType), err)
	case mediaType != "application/json":
		return nil, fmt.Errorf("the content type is %s, not JSON; is it a Kubernetes API server?", text.Quote(contentType))
	}
	return parameters, nil
}
