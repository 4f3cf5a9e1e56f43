package discovery

import (
	"context"
	"io"
	"slices"

	"github.com/kreconcile/kreconcile/discovery/internal/wire"
	"github.com/kreconcile/kreconcile/kubeapi"
)

const (
	identityPath     = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
	identityResource = "selfsubjectreviews"
)

// Identity gives the user name that the server takes the client for, such as
// "system:serviceaccount:shop:default". It is empty where the server does not serve
// SelfSubjectReview, which s shows where it has the documents, or does not answer. It
// is for messages; nothing is concluded from it.
//
// Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review
func (c *Client) Identity(ctx context.Context, s *Snapshot) string {
	if !c.servesIdentity(ctx, s) {
		return ""
	}
	name := ""
	body := []byte(`{"kind":"` + wire.IdentityKind + `","apiVersion":"` + wire.IdentityVersion + `"}`)
	res := c.attempt(ctx, request{method: "POST", path: identityPath, accept: acceptPlain, body: body, limit: maxReview,
		read: jsonBody(func(body io.Reader) (err error) {
			name, err = wire.DecodeIdentity(body)
			return err
		})}, 1)
	if res.failure != nil {
		return ""
	}
	return c.shown(name)
}

// servesIdentity asks for the one group version where the documents are not known.
func (c *Client) servesIdentity(ctx context.Context, s *Snapshot) bool {
	gv := kubeapi.GroupVersion{Group: "authentication.k8s.io", Version: "v1"}
	var resources Fact[[]Resource]
	if group, failure := s.Group(gv.Group); group != nil {
		for _, v := range group.Versions {
			if v.Name == gv.Version {
				resources = v.Resources
			}
		}
	} else if failure != nil {
		resources = newResourceLists(c).fetch(ctx, gv)
	}
	return resources.Known && slices.ContainsFunc(resources.Value, func(r Resource) bool {
		return r.Name == identityResource && r.Kind == wire.IdentityKind
	})
}
