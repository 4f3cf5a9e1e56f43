package model

import "slices"

// Review asks whether the identity that asks may do something. It is a request for
// a resource, or for a path.
//
// Source: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
type Review struct {
	Verb string
	// Group, Resource, Subresource, Namespace and Name are for a resource. The
	// empty Namespace is for what is in none, and for all namespaces. The empty
	// Name is for any.
	Group, Resource, Subresource, Namespace, Name string
	// Path is for what is no resource, and empty otherwise.
	Path string
}

// ReviewAnswer is what the server says of a review.
type ReviewAnswer struct {
	Allowed bool
	// Denied tells that an authorizer forbids it, so that no other can allow it. It
	// is false where none has an opinion, and where it is allowed.
	Denied bool
	// Reason is the server's, and may be empty.
	Reason string
	// EvaluationError is what went wrong while the server decided. It may have
	// allowed all the same.
	EvaluationError string
}

// Compare orders reviews by what they are about, and then by their verb.
func (r Review) Compare(other Review) int {
	return slices.Compare(
		[]string{r.Path, r.Group, r.Resource, r.Subresource, r.Namespace, r.Name, r.Verb},
		[]string{other.Path, other.Group, other.Resource, other.Subresource, other.Namespace, other.Name, other.Verb},
	)
}
