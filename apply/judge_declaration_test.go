package apply_test

import (
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// The declaration as the independent judge knows it. Its text is made from it, so the
// test also covers how package config reads that text.

// common is what every requirement has.
type common struct {
	address  string
	enabled  bool
	severity config.Severity
	// off is the surrounding requirement that is disabled, if any.
	off string
}

type requiredAPI struct {
	common
	gv        kubeapi.GroupVersion
	served    bool
	preferred *bool
	resources []*requiredResource
}

// requiredResource is a resource block, or a kind block, which has no name.
type requiredResource struct {
	common
	name, kind, scope string
	verbs             []string
	served            bool
	subresources      []*requiredSubresource
	fields            []*requiredField
}

type requiredSubresource struct {
	common
	name, kind string
	verbs      []string
	served     bool
}

type requiredField struct {
	common
	path, typ string
	enum      []string
	always    *bool
	served    bool
}

type requiredPermission struct {
	common
	verb, path string
	resource   accessed
}

// accessed is a resource as access control knows it. Group and resource may be "*".
// The namespace may be "*" for all, and empty for the Pod's.
type accessed struct {
	// name is the full name, as in "deployments.apps/scale".
	name, group, resource, subresource, object, namespace string
	virtual                                               bool
}

type requiredAssert struct {
	common
	condition string
}

type requiredCluster struct {
	common
	endpoint   string
	addresses  []string
	kubernetes *versionRange
}

// declared is a declaration: its text and its requirements.
type declared struct {
	text         string
	podNamespace string
	all          []*common
	cluster      []*requiredCluster
	apis         []*requiredAPI
	permissions  []*requiredPermission
	asserts      []*requiredAssert
}
