package suite

import (
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// readOverride reads a fact that the run replaces.
func (d *reader) readOverride(t *test, block *hcl.Block) {
	content := d.content(block.Body, &hcl.BodySchema{
		Attributes: []hcl.AttributeSchema{{Name: "api"}, {Name: "permission"}, {Name: "namespace"}, {Name: "state", Required: true}},
	})
	api, permission, namespace := content.Attributes["api"], content.Attributes["permission"], content.Attributes["namespace"]
	state := content.Attributes["state"]
	switch {
	case state == nil: // it was already reported
	case (api == nil) == (permission == nil):
		d.error(block.DefRange, "Invalid override",
			`An override is of an API, such as api = "metrics.k8s.io/v1beta1", or of a permission, such as permission = "create deployments.apps".`)
	case api != nil:
		if namespace != nil {
			d.error(namespace.Range, "Invalid override", "Only a permission has a namespace.")
		}
		o := run.APIOverride{State: run.APIState(d.oneOf(state.Expr, "The state of an API", string(run.APIAbsent), string(run.APIStale), string(run.APIForbidden)))}
		if text, given := d.text(api); given {
			gv, err := kubeapi.ParseGroupVersion(text)
			if err != nil {
				d.error(api.Expr.Range(), "Invalid API", "%q is no group version, such as \"apps/v1\" or \"v1\": %v.", text, err)
			}
			o.GroupVersion = gv
		}
		t.changes.APIs = append(t.changes.APIs, o)
	default:
		o := run.PermissionOverride{Allowed: d.oneOf(state.Expr, "The state of a permission", "allowed", "denied") == "allowed"}
		o.Namespace, _ = d.text(namespace)
		if text, given := d.text(permission); given {
			if o.Verb, o.On, _ = strings.Cut(text, " "); o.Verb == "" || o.On == "" || strings.Contains(o.On, " ") {
				d.error(permission.Expr.Range(), "Invalid permission",
					`A permission is a verb and a resource or a path, such as "create deployments.apps", "get pods/log", "get /metrics" or "* *".`)
			}
		}
		t.changes.Permissions = append(t.changes.Permissions, o)
	}
}
