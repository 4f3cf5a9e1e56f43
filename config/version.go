package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/versions"
)

// VersionConstraint is a range of Kubernetes versions, such as ">= 1.30, < 1.38".
// No version lies in the zero VersionConstraint.
type VersionConstraint = versions.Constraint

// ParseVersionConstraint reads a constraint in the syntax that Helm's charts use for kubeVersion:
// comparisons joined by "," or " " (and) and "||" (or), with "~1.30" for any patch of 1.30 and "^1.30"
// for any later minor version. A pre-release of Kubernetes counts as a version below its release.
// Terraform's "~>" is refused, because it means something else there.
//
// Source: https://helm.sh/docs/topics/charts/#the-kubeversion-field
func ParseVersionConstraint(s string) (VersionConstraint, error) { return versions.Parse(s) }

// versionFits checks required_version before anything else is judged: what an older kreconcile
// does not understand would only distract.
func (d *decoder) versionFits(blocks hcl.Blocks) bool {
	var unsupported diag.List
	for _, block := range blocks {
		a := d.contentOf(block.Body, "kreconcile").Attributes["required_version"]
		text, ok := d.ConstantString(a)
		if !ok {
			continue
		}
		at, clipped, version := a.Expr.Range(), diag.Clip(text), d.inputs.Version
		switch meets, err := versions.Meets(text, version); {
		case err != nil:
			d.Error(at, "Invalid version constraint", "%q is not a constraint such as \">= 0.1\": %s.", clipped, err)
		case version == "" || version == "dev":
			d.Warn(at, "Version not compared", "This build of kreconcile is no release, so that whether it is %s cannot be determined.", clipped)
		case !meets:
			unsupported.Error(at, "Unsupported kreconcile version",
				"The declaration needs kreconcile %s, and this is %s. Use another version of kreconcile, or change required_version.", clipped, version)
		}
	}
	if len(unsupported.Diags) > 0 {
		*d.List = unsupported
	}
	return len(unsupported.Diags) == 0
}
