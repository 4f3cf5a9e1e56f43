package target

import (
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/advice"
	"github.com/kreconcile/kreconcile/internal/report"
)

// List fills in what the target serves, with a warning for each thing that is not known. The version
// is one of them only if it is wanted, and so is a name that a shell would change.
func (t *Target) List(v *report.APIVersions, version, arguments bool) {
	v.Origin = t.Origin
	unknown := func(failure *discovery.Failure, what string) {
		if failure != nil {
			d := advice.NotRecorded(failure.Within(what), t.Origin)
			d.Severity, d.Summary = hcl.DiagWarning, "Not known"
			v.Diagnostics = append(v.Diagnostics, d)
		}
	}
	unknown(t.Snapshot.Core.Unknown(), "the core group")
	unknown(t.Snapshot.Named.Unknown(), "all groups but the core group")
	if t.Snapshot.Core.Known && t.Snapshot.Named.Known {
		unknown(t.Snapshot.Confirmed.Unknown(), "whether there are more groups")
	}
	var failure *discovery.Failure
	if v.KubeVersion, failure = t.KubeVersion(); version {
		unknown(failure, "the version of Kubernetes")
	}
	v.List = report.ListAPIVersions(t.Snapshot)
	for _, listed := range v.List {
		gv := listed.GroupVersion.String()
		unknown(listed.Failure, "the kinds of "+gv)
		for _, name := range append([]string{gv}, listed.Kinds...) {
			if arguments && !report.Argument(name) {
				unknown(&discovery.Failure{Code: discovery.InvalidResponse, Message: "a shell would change " + strconv.Quote(name)}, "what was left out")
			}
		}
	}
}
