package config

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/internal/pattern"
)

// paths reads a list of paths, each in the one spelling that is asked about.
func (d *decoder) paths(attributes hcl.Attributes) (items []Value[string], reviews []PermissionReview) {
	for _, name := range []string{"namespace", "name", "virtual"} {
		if other := attributes[name]; other != nil {
			d.Error(other.NameRange, "Contradiction", "%q belongs to resources, and this permission is for paths.", name)
		}
	}
	a, seen := attributes["non_resource_urls"], names{}
	for _, item := range d.texts(a) {
		at, normal := itemRange(item, a), normalPath(item.Value)
		switch {
		case len(item.Value) > 1000 || !pathForm.Get().MatchString(item.Value) || strings.Contains(item.Value+"/", "/../"):
			d.Error(at, "Invalid path", "%q is not a path of the server, such as \"/metrics\" or \"/healthz/*\". "+
				"It begins with \"/\", and has no query, no escape with \"%%\", no backslash, no \"..\" and no space; \"*\" is only its end.", diag.Clip(item.Value))
		case resourcePath.Get().MatchString(normal):
			d.Error(at, "Path of a resource", "%q is a request for a resource, which is allowed as such, whatever paths are allowed. "+
				"Write \"resources\" in place of \"non_resource_urls\", such as resources = [\"deployments.apps\"], with the verbs of resources.", diag.Clip(item.Value))
		case d.once(seen, "Repeated item", "path", normal, at):
			item.Value = normal
			items, reviews = append(items, item), append(reviews, PermissionReview{Path: normal})
		}
	}
	return items, reviews
}

var pathForm = pattern.New(`^/[^\x00- ?#%\\*\x7f]*\*?$`)

// normalPath leaves out the parts of a path that are empty or ".". A slash at the
// end stays, because the rules of access control tell "/version" from "/version/".
func normalPath(name string) string {
	clean := path.Clean(name)
	if clean != "/" && (strings.HasSuffix(name, "/") || strings.HasSuffix(name, "/.")) {
		clean += "/"
	}
	return clean
}

// resourcePath finds a path that an API server takes for one of a resource: it goes on behind
// the group version.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go
var resourcePath = pattern.New(`^/(api/[^/]+|apis/[^/]+/[^/]+)/[^/]`)
