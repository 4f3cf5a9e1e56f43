package apitest

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/kreconcile/kreconcile/discovery"
)

// ReviewPath is where access reviews are posted to.
const ReviewPath = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

// IdentityPath is where a client asks for its own identity.
const IdentityPath = "/apis/authentication.k8s.io/v1/selfsubjectreviews"

// Identity is the user name of every client.
const Identity = "system:serviceaccount:shop:default"

const maxBody = 1 << 20

// accessReview has the fields of Kubernetes' own object.
//
// Source:
// https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
type accessReview struct {
	typeMeta
	Metadata map[string]any `json:"metadata"`
	Spec     struct {
		Resource *resourceAttributes    `json:"resourceAttributes,omitempty"`
		Path     *nonResourceAttributes `json:"nonResourceAttributes,omitempty"`
	} `json:"spec"`
	Status reviewStatus `json:"status"`
}

type resourceAttributes struct {
	Namespace   string `json:"namespace,omitempty"`
	Verb        string `json:"verb,omitempty"`
	Group       string `json:"group,omitempty"`
	Resource    string `json:"resource,omitempty"`
	Subresource string `json:"subresource,omitempty"`
	Name        string `json:"name,omitempty"`
}

type nonResourceAttributes struct {
	Path string `json:"path,omitempty"`
	Verb string `json:"verb,omitempty"`
}

type reviewStatus struct {
	Allowed         bool   `json:"allowed"`
	Denied          bool   `json:"denied,omitempty"`
	Reason          string `json:"reason,omitempty"`
	EvaluationError string `json:"evaluationError,omitempty"`
}

// ReviewResult returns the answer to a review. Like an API server, it repeats the
// question.
func ReviewResult(asked discovery.Review, answer discovery.ReviewAnswer) []byte {
	review := newReview(answer)
	if asked.Path != "" {
		review.Spec.Path = &nonResourceAttributes{Path: asked.Path, Verb: asked.Verb}
	} else {
		review.Spec.Resource = &resourceAttributes{
			Namespace: asked.Namespace, Verb: asked.Verb, Group: asked.Group, Resource: asked.Resource,
			Subresource: asked.Subresource, Name: asked.Name,
		}
	}
	return encode(review)
}

func newReview(answer discovery.ReviewAnswer) accessReview {
	return accessReview{
		typeMeta: typeMeta{Kind: "SelfSubjectAccessReview", APIVersion: "authorization.k8s.io/v1"},
		Metadata: map[string]any{},
		Status: reviewStatus{
			Allowed: answer.Allowed, Denied: answer.Denied, Reason: answer.Reason, EvaluationError: answer.EvaluationError,
		},
	}
}

// serveReview answers a review. Like an API server, it refuses one about nothing, or
// about two things at once.
func serveReview(w http.ResponseWriter, r *http.Request, s *discovery.Snapshot, policy func(discovery.Review) discovery.ReviewAnswer) {
	var review accessReview
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &review)
	}
	resource, path := review.Spec.Resource, review.Spec.Path
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "BadRequest", err.Error())
		return
	case r.Header.Get("Content-Type") != "application/json":
		refuse(w, http.StatusUnsupportedMediaType, "UnsupportedMediaType", "the body of the request was in an unknown format")
		return
	case review.Kind != "SelfSubjectAccessReview" || review.APIVersion != "authorization.k8s.io/v1":
		refuse(w, http.StatusBadRequest, "BadRequest", "the object is not a SelfSubjectAccessReview")
		return
	case (resource == nil) == (path == nil):
		refuse(w, http.StatusUnprocessableEntity, "Invalid", "exactly one of nonResourceAttributes or resourceAttributes must be specified")
		return
	}
	asked := discovery.Review{}
	if path != nil {
		asked.Verb, asked.Path = path.Verb, path.Path
	} else {
		asked = discovery.Review{
			Verb: resource.Verb, Group: resource.Group, Resource: resource.Resource, Subresource: resource.Subresource,
			Namespace: resource.Namespace, Name: resource.Name,
		}
	}
	recorded := s.Reviews[asked]
	if policy != nil {
		recorded = discovery.Known(policy(asked))
	}
	if !served(w, recorded.Failure) {
		return
	}
	answer := newReview(recorded.Value)
	answer.Spec = review.Spec
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	w.Write(encode(answer))
}

// serveIdentity answers with the client's identity, if the snapshot serves that API.
//
// Source:
// https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/self-subject-review-v1/
func serveIdentity(w http.ResponseWriter, s *discovery.Snapshot) {
	group, _ := s.Group("authentication.k8s.io")
	if group == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	w.Write(encode(map[string]any{
		"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1", "metadata": map[string]any{},
		"status": map[string]any{"userInfo": map[string]any{"username": Identity, "groups": []string{"system:authenticated"}}},
	}))
}
