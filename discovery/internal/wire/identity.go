package wire

import (
	"errors"
	"io"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
)

const (
	// IdentityKind is the kind of the objects by which a client asks who it is.
	IdentityKind = "SelfSubjectReview"
	// IdentityVersion is their group version.
	IdentityVersion = "authentication.k8s.io/v1"
)

// DecodeIdentity reads the user name from a SelfSubjectReview.
func DecodeIdentity(r io.Reader) (string, error) {
	w := jsonwalk.New(r, jsonwalk.Limits{})
	var version, name string
	kind := Document(w, IdentityKind, "status", func(field string) bool {
		switch field {
		case "apiVersion":
			version = w.Text()
		case "status":
			for field := range w.Members() {
				if field == "userInfo" {
					name = w.TextOf("username", 0)
				} else {
					w.Skip()
				}
			}
		default:
			return false
		}
		return true
	})
	if err := w.End(); err != nil {
		return "", err
	}
	if kind == "" || version != IdentityVersion {
		return "", errors.New("it is not a " + IdentityKind + " of " + IdentityVersion)
	}
	return name, nil
}
