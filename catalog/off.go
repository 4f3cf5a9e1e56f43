package catalog

import (
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Switch says how to make a kube-apiserver serve what it does not serve by default. At least one of
// its parts is set.
type Switch struct {
	// RuntimeConfig is the group version to name in --runtime-config. It is empty if that is on.
	RuntimeConfig string
	// FeatureGates are the feature gates that are off by default and must be on.
	FeatureGates []string
}

// String returns the flags of kube-apiserver, such as
// "--runtime-config=resource.k8s.io/v1beta1=true".
func (s Switch) String() string {
	var flags []string
	if len(s.FeatureGates) > 0 {
		flags = append(flags, "--feature-gates="+strings.Join(s.FeatureGates, "=true,")+"=true")
	}
	if s.RuntimeConfig != "" {
		flags = append(flags, "--runtime-config="+s.RuntimeConfig+"=true")
	}
	return strings.Join(flags, " ")
}

// Off returns how to switch on what the release has and does not serve by default, as most alpha
// and beta versions. The name is that of a resource, of a subresource such as pods/resize, or of a
// kind; if it is empty, the whole group version is meant. It is false for what the release serves,
// and for what it does not have.
func (r Release) Off(gv kubeapi.GroupVersion, name string) (Switch, bool) {
	var found []resource
	served := false
	for _, row := range decoded().of(gv) {
		if !row.in.has(r) {
			continue
		}
		served = served || row.on
		if row.named(name) {
			found = append(found, row)
		}
	}
	if len(found) == 0 || slices.ContainsFunc(found, func(row resource) bool { return row.on }) {
		return Switch{}, false
	}
	// Of several resources, those gates count that each of them needs.
	s := Switch{FeatureGates: slices.DeleteFunc(slices.Clone(found[0].gates), func(gate string) bool {
		return slices.ContainsFunc(found, func(row resource) bool { return !slices.Contains(row.gates, gate) })
	})}
	if !served || len(s.FeatureGates) == 0 {
		s.RuntimeConfig = gv.String()
	}
	return s, true
}

// named reports whether the name means the resource.
func (r *resource) named(name string) bool {
	full := r.Name
	if r.subresource != "" {
		full += "/" + r.subresource
	}
	return name == "" || name == full || r.subresource == "" && name == r.Kind
}
