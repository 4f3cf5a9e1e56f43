package discovery

import (
	"fmt"
	"mime"
)

// acceptDocuments asks for aggregated discovery, and takes the plain documents
// from a server that does not have it.
const acceptDocuments = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList," +
	acceptPlain

const acceptPlain = "application/json"

// form is how a discovery document is to be read.
type form int

const (
	plain form = iota
	aggregated
)

// documentForm tells the form of a document from the Content-Type of the answer,
// whatever was asked for. The parameters may stand in any order, and others may
// stand beside them. The versions v2 and v2beta1 of aggregated discovery have the
// same fields.
//
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#aggregated-discovery
func documentForm(contentType string) (form, error) {
	parameters, err := jsonParameters(contentType)
	if err != nil {
		return plain, err
	}
	group, version, as := parameters["g"], parameters["v"], parameters["as"]
	switch {
	case group == "" && version == "" && as == "":
		return plain, nil
	case group == "apidiscovery.k8s.io" && as == "APIGroupDiscoveryList" && (version == "v2" || version == "v2beta1"):
		return aggregated, nil
	}
	return plain, fmt.Errorf("the content type %s is not a discovery document that was asked for", quote(contentType))
}

// jsonParameters gives the parameters of a content type, and an error where it is
// not JSON.
func jsonParameters(contentType string) (map[string]string, error) {
	if contentType == "" {
		return nil, fmt.Errorf("the answer has no content type; is it a Kubernetes API server?")
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the content type %s cannot be read: %w", quote(contentType), err)
	case mediaType != "application/json":
		return nil, fmt.Errorf("the content type is %s, not JSON; is it a Kubernetes API server?", quote(contentType))
	}
	return parameters, nil
}
