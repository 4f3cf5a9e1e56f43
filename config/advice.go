package config

import (
	"fmt"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/config/internal/versions"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// advice is a warning about an argument. Its zero value is none.
type advice struct{ summary, detail string }

// adviceOn gives advice on each of the first two arguments of a function that asks a
// cluster. An argument that is not known is empty.
func adviceOn(function string, args []string) [2]advice {
	var out [2]advice
	switch function {
	case funcKubernetes:
		constraint, err := ParseVersionConstraint(args[0])
		if err != nil {
			break
		}
		switch possible, released := versions.Possible(constraint); {
		case !possible:
			out[0] = advice{impossibleRange, fmt.Sprintf("No version lies in %q, so that this is always false.", diag.Clip(args[0]))}
		case !released && !constraint.NamesPrerelease():
			out[0] = advice{onlyPrereleases, prereleasesOnly(args[0])}
		}
	case funcServed:
		gv, err := kubeapi.ParseGroupVersion(args[0])
		if err != nil {
			break
		}
		if slip := hint.API(gv, hint.Served); slip != "" {
			out[0] = advice{unusualAPI, fmt.Sprintf("Kubernetes has no API %q. %s", diag.Clip(args[0]), slip)}
		}
		if name := args[1]; hint.IsKind(name) {
			out[1] = advice{unusualResource, fmt.Sprintf("%q is not the plural name of a resource. To ask for a kind, write kind(%q).", name, name)}
		} else if slip := hint.Resource(name, gv); slip != "" {
			out[1] = advice{unusualResource, slip}
		}
	case funcAllowed:
		r, err := parsePermissionResource(args[1])
		if err != nil {
			break
		}
		if slip := resourceWarning(r); slip != "" {
			out[1] = advice{unusualResource, fmt.Sprintf("%q is not a resource as Kubernetes names it. %s", diag.Clip(args[1]), slip)}
		}
	}
	return out
}

// prereleasesOnly is what a warning says of such a range.
func prereleasesOnly(constraint string) string {
	return fmt.Sprintf("No release of Kubernetes lies in %q, but only pre-releases, such as alpha and beta versions. "+
		"A version without a patch is a whole minor version: > 1.30 begins with 1.31.", diag.Clip(constraint))
}
