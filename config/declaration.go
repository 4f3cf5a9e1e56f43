package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Declaration is everything that the sources require, in the order of the sources and from the top of each.
type Declaration struct {
	// These are of the cluster blocks. Endpoints that are enabled have the same URL.
	Endpoints       []*Endpoint
	ServerAddresses []*ServerAddress
	Kubernetes      []*Kubernetes
	APIs            []*API
	Permissions     []*Permission
	Checks          []*Check
	// Requirements is how many requirements there are. Each has an Index below it.
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

// Endpoint gives the endpoint that is required and enabled, or nil.
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

// SeverityError is the default.
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
	// Address is its unique place in the declaration, such as api["v1"].resource["pods"].
	Address string
	// Enabled is false if it is neither asked for nor judged.
	Enabled  bool
	Severity Severity
	// Reason and Remedy are the author's words, and may be empty.
	Reason, Remedy string
	// Range is the block's header, the attribute, or the item of a list.
	Range hcl.Range
	// unsettled means that it is not known whether it is enabled.
	unsettled bool
}

// Value is a facet that a declaration sets, and the range that sets it. A nil Value asserts nothing.
type Value[T any] struct {
	Value T
	Range hcl.Range
}

// Endpoint requires that the API server is reached at one address.
type Endpoint struct {
	Requirement
	// URL always has the port: "https://rancher.example:443/k8s/clusters/c-1". Its host is in lower case.
	URL string
}

// ServerAddress requires that the plain GET /api publishes one of Addresses in
// serverAddressByClientCIDRs. There is at least one, spelled as [ServerAddress.Publishes] compares.
type ServerAddress struct {
	Requirement
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
	// Served is false if it must not be served. Resources is empty then.
	Served bool
	// Preferred asserts whether its group prefers it.
	Preferred *Value[bool]
	// Available requires that what serves the group version answers for itself.
	Available bool
	Resources []*Resource
}

// Resource requires that a group version serves a resource, named by its plural
// (a resource block) or by its kind (a kind block), or that it does not.
type Resource struct {
	Requirement
	// Name is empty for a kind block. It may be of a subresource: "pods/log".
	Name string
	// A kind block always sets Kind.
	Kind *Value[string]
	// Served is false where it must not be served. All below is empty then.
	Served bool
	Scope  *Value[kubeapi.Scope]
	// Verbs must all be served; others may be.
	Verbs        []Value[string]
	Subresources []*Subresource
	Fields       []*Field
}

// Subresource requires that a resource serves a subresource, or that it does not.
type Subresource struct {
	Requirement
	Name   string
	Served bool
	// Kind asserts the kind in its requests, such as "Scale".
	Kind  *Value[string]
	Verbs []Value[string]
}

// Field requires that the schema of a resource's kind has a field, or that it has not.
type Field struct {
	Requirement
	Path   kubeapi.FieldPath
	Served bool
	Type   *Value[string]
	// Enum must all be among the values that the field may have.
	Enum []Value[string]
	// Required asserts whether its parent always has it.
	Required *Value[bool]
}

// Permission requires that the identity that asks may do something.
type Permission struct {
	Name    string
	Reviews []*PermissionReview
}

// PermissionReview is one verb for one resource or path.
type PermissionReview struct {
	Requirement
	// Verb is "*" for every verb.
	Verb string
	// Resource is nil for a path. A "*" at the end of a path is everything under it.
	Resource *PermissionResource
	Path     string
}

// PermissionResource is a resource as a permission names it: pods, pods/log, deployments.apps, or *.
type PermissionResource struct {
	// Resource is the plural, or "*" for every resource of the group.
	Resource string
	// Group is empty for the core group, and "*" for every group.
	Group       string
	Subresource string
	// ObjectName is the name of one object, and empty for any.
	ObjectName string
	// Namespace is "*" for all namespaces, and empty where none is declared.
	Namespace      string
	NamespaceRange hcl.Range
	// PodNamespace is meant where no namespace is declared. It is empty where it is not known.
	PodNamespace string
	// Virtual means that only access control knows the resource: no API has to serve it.
	Virtual bool
}

// Check requires that conditions hold.
type Check struct {
	Name    string
	Asserts []*Assert
}

// Assert is one condition of a check, which [Assert.Evaluate] evaluates for what a cluster answers.
type Assert struct {
	Requirement
	condition, message hcl.Expression
	scope              *eval.Scope
}
