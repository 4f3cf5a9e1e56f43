package config

import "github.com/kreconcile/kreconcile/kubeapi"

// VersionConstraint is a range of Kubernetes versions, such as ">= 1.30, < 1.38".
type VersionConstraint struct {
	raw string
}

// String gives the constraint as it was written.
func (c VersionConstraint) String() string { return c.raw }

// Check tells whether v lies in the range.
func (c VersionConstraint) Check(v kubeapi.Version) bool { panic("to be written") }
