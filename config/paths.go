package config

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/internal/pattern"
)

func (d *decoder) reviewPaths(p *Permission, content *hcl.BodyContent, c common) {
	a := content.Attributes["non_resource_urls"]
	for _, name := range []string{"namespace", "name", "virtual"} {
		if other := content.Attributes[name]; other != nil {
			d.Error(other.NameRange, "Contradiction", "%q belongs to resources, and this permission is for paths.", name)
		}
	}
	verbs := d.permissionVerbs(content.Attributes["verbs"], []string{"delete", "get", "head", "options", "patch", "post", "put"}, true)
	paths := d.paths(a)
	d.reviews(p, "non_resource_url", verbs, paths, c, func(_ Value[string], i int) PermissionReview {
		return PermissionReview{Path: paths[i].Value}
	})
}

// paths reads a list of paths, each in the one spelling that is asked about. One
// that cannot be asked about is left out.
func (d *decoder) paths(a *hcl.Attribute) []Value[string] {
	seen := map[string]hcl.Range{}
	var list []Value[string]
	for _, item := range d.texts(a) {
		at := itemRange(item, a)
		if len(item.Value) > 1000 || !pathForm.Get().MatchString(item.Value) || slices.Contains(strings.Split(item.Value, "/"), "..") {
			d.Error(at, "Invalid path", "%q is not a path of the server, such as \"/metrics\" or \"/healthz/*\". "+
				"It begins with \"/\", and has no query, no escape with \"%%\", no backslash, no \"..\" and no space; \"*\" is only its end.", diag.Clip(item.Value))
			continue
		}
		normal := normalPath(item.Value)
		if resourceRequest.Get().MatchString(normal) {
			d.Error(at, "Path of a resource", "%q is a request for a resource, which is allowed as such, whatever paths are allowed. %s",
				diag.Clip(item.Value), resourceAdvice(normal))
			continue
		}
		if item.Value = normal; d.distinct(seen, "non_resource_urls", normal, at) {
			list = append(list, item)
		}
	}
	return list
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

// resourceRequest finds a path that an API server takes for one of a resource: it goes on behind
// the group version.
//
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go
var resourceRequest = pattern.New(`^/(api/[^/]+|apis/[^/]+/[^/]+)/[^/]`)

// resourceAdvice says what to write in place of a resource's path.
func resourceAdvice(name string) string {
	m := resourcePath.Get().FindStringSubmatch(name)
	if len(m) == 0 || slices.Contains([]string{"finalize", "status", "watch"}, m[2]) {
		return "Write \"resources\" in place of \"non_resource_urls\"."
	}
	resource := m[2] + strings.Replace(m[1], "/", ".", 1) + m[3]
	return fmt.Sprintf("Write resources = [%q] in place of it, with the verbs of resources, such as \"get\" and \"list\".", diag.Clip(resource))
}

// resourcePath has the group, the resource and the subresource.
var resourcePath = pattern.New(`^/(?:api|apis(/[^/]+))/[^/]+(?:/watch|/proxy)?(?:/namespaces/[^/]+)?/([a-z]+)(?:/[^/]+(/[a-z]+))?(?:/|$)`)
