package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Declaration is everything that the given sources require, merged. Its slices
// are in declaration order: source by source, and from the top of each.
type Declaration struct {
	// Endpoints, ServerAddresses and Kubernetes are the attributes of the cluster
	// blocks. All of them must hold. Endpoints that are enabled have the same URL.
	Endpoints       []*Endpoint
	ServerAddresses []*ServerAddress
	Kubernetes      []*Kubernetes
	APIs            []*API
	Permissions     []*Permission
	Checks          []*Check
	// Requirements is how many requirements there are. Their Index values run
	// from 0 to Requirements-1, each once.
	Requirements int
	// budget is what the evaluation of asserts may take.
	budget *budget.Budget
}

// Exceeded gives the error that the conditions of asserts take too much time or memory, or nil.
// Where there is one, no assert was judged since.
func (d *Declaration) Exceeded() *hcl.Diagnostic {
	if d == nil || d.budget == nil {
		return nil
	}
	return d.budget.Exceeded()
}

// Endpoint gives the endpoint that is required, or nil where none is, or none that is
// enabled.
func (d *Declaration) Endpoint() *Endpoint {
	for _, e := range d.Endpoints {
		if e.Enabled {
			return e
		}
	}
	return nil
}

// Severity says what it means for the gate that a requirement does not hold.
type Severity string

// The severities. SeverityError is the default.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Severities lists every severity.
func Severities() []Severity { return []Severity{SeverityError, SeverityWarning} }

// Type is the kind of a requirement.
type Type string

// The types of requirements.
const (
	TypeEndpoint      Type = "endpoint"
	TypeServerAddress Type = "server_address"
	TypeKubernetes    Type = "kubernetes"
	TypeAPI           Type = "api"
	TypeResource      Type = "resource"
	TypeKind          Type = "kind"
	TypeSubresource   Type = "subresource"
	TypeField         Type = "field"
	TypePermission    Type = "permission"
	TypeAssert        Type = "assert"
)

// Requirement is what every requirement has, whatever it asserts.
type Requirement struct {
	// Index is the requirement's place in declaration order, from 0.
	Index int
	Type  Type
	// Address is its place in the declaration, such as api["v1"].resource["pods"]. It
	// is unique.
	Address string
	// Enabled is false where the requirement, or one that it is nested in, is
	// switched off; it is then neither asked for nor judged.
	Enabled  bool
	Severity Severity
	// Reason says why it is required, Remedy what to do where it does not hold.
	// Both are the author's words and may be empty.
	Reason string
	Remedy string
	// Range is the block's header, the attribute, or the item of a list.
	Range hcl.Range
}

// Value is a facet that a declaration sets, and the range that sets it.
type Value[T any] struct {
	Value T
	Range hcl.Range
}

// Endpoint requires that the API server is reached at one address.
type Endpoint struct {
	Requirement
	// URL is scheme, lower-case host and effective port, always with the port:
	// "https://10.0.1.149:443". An IPv6 host is bracketed. A path that the API is behind
	// follows: "https://rancher.example:443/k8s/clusters/c-1".
	URL string
}

// ServerAddress requires that the plain GET /api publishes one of Addresses in
// serverAddressByClientCIDRs. There is at least one.
type ServerAddress struct {
	Requirement
	// Addresses are in the one spelling that they are compared in, as
	// [ServerAddress.Publishes] does.
	Addresses []string
}

// Kubernetes requires that the server's version meets a constraint.
type Kubernetes struct {
	Requirement
	Constraint VersionConstraint
}

// API requires that a group version is served, or that it is not.
type API struct {
	Requirement
	GroupVersion kubeapi.GroupVersion
	// Served is false where the group version must not be served. Resources is
	// empty then.
	Served bool
	// Preferred asserts whether the group version is the preferred one of its
	// group; nil asserts nothing.
	Preferred *Value[bool]
	// Available requires that what serves the group version answers for itself.
	Available bool
	Resources []*Resource
}

// Resource requires that a group version serves a resource, named by its plural
// (a resource block) or by its kind (a kind block), or that it does not.
type Resource struct {
	Requirement
	// Name is the plural name of a resource block, and empty for a kind block. It may
	// be of a subresource: "pods/log".
	Name string
	// Kind is the kind that the resource must have. A kind block always sets it,
	// and its range is then the label's; nil asserts nothing.
	Kind *Value[string]
	// Served is false where it must not be served. All below is empty then.
	Served bool
	// Scope asserts whether it is namespaced; nil asserts nothing.
	Scope *Value[kubeapi.Scope]
	// Verbs must all be served; others may be.
	Verbs        []Value[string]
	Subresources []*Subresource
	Fields       []*Field
}

// Subresource requires that a resource serves a subresource, or that it does
// not. It is a subresource block, or an item of the subresources list.
type Subresource struct {
	Requirement
	Name   string
	Served bool
	// Kind is the kind that its requests carry, such as "Scale"; nil asserts
	// nothing.
	Kind  *Value[string]
	Verbs []Value[string]
}

// Field requires that the schema of a resource's kind has a field, or that it has
// not.
type Field struct {
	Requirement
	Path   kubeapi.FieldPath
	Served bool
	// Type asserts the field's type; nil asserts nothing.
	Type *Value[string]
	// Enum must all be among the values that the field may have.
	Enum []Value[string]
	// Required asserts whether its parent always has it; nil asserts nothing.
	Required *Value[bool]
}

// Permission requires that the identity that asks may do something. Each verb for
// each resource, or each path, is a requirement of its own.
type Permission struct {
	Name    string
	Reviews []*PermissionReview
}

// PermissionReview is one verb for one resource or path.
type PermissionReview struct {
	Requirement
	// Verb is "*" for every verb.
	Verb string
	// Resource is set for a resource, and nil for a path. A "*" at the end of a
	// path is everything under.
	Resource *PermissionResource
	Path     string
}

// PermissionResource is a resource as a permission names it: pods, pods/log,
// deployments.apps, or *.
type PermissionResource struct {
	// Resource is the plural, or "*" for every resource of the group.
	Resource string
	// Group is empty for the core group, and "*" for every group.
	Group       string
	Subresource string
	// ObjectName is the name of one object, and empty for any.
	ObjectName string
	// Namespace is "*" for all namespaces, and empty where none is declared.
	Namespace string
	// NamespaceRange is where the namespace is declared.
	NamespaceRange hcl.Range
	// PodNamespace is the namespace that is meant where none is declared, and
	// empty where it is not known.
	PodNamespace string
	// Virtual tells that only access control knows the resource, so that no API has
	// to serve it.
	Virtual bool
}

// Check requires that conditions hold.
type Check struct {
	Name    string
	Asserts []*Assert
}

// Assert is one condition of a check. What it depends on may only be known once a
// cluster was asked, so that it stays an expression, which [Assert.Evaluate]
// evaluates.
type Assert struct {
	Requirement
	condition hcl.Expression
	message   hcl.Expression
	scope     *eval.Scope
}

// ConditionRange is where the condition is written. It is empty of an Assert that was not
// parsed.
func (a *Assert) ConditionRange() hcl.Range {
	if a.condition == nil {
		return hcl.Range{}
	}
	return a.condition.Range()
}
