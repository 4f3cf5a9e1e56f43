package flags

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
)

const (
	deprecatedFlag = "fail-on-deprecated"
	// anyDeprecated is the value of the flag for every deprecated API.
	anyDeprecated = "any"
)

// deprecatedValue is the part of a policy that is about deprecated APIs.
type deprecatedValue apply.Policy

// BindDeprecated adds the flag for deprecated APIs, which sets a part of the policy.
func BindDeprecated(flags *pflag.FlagSet, policy *apply.Policy) {
	flags.Var((*deprecatedValue)(policy), deprecatedFlag,
		"treat deprecated APIs like drift; with =1.38, only those that Kubernetes 1.38 does not have")
	flags.Lookup(deprecatedFlag).NoOptDefVal = anyDeprecated
}

// Type is empty, because help shows it like a separate argument.
func (v *deprecatedValue) Type() string { return "" }

func (v *deprecatedValue) String() string {
	switch {
	case !v.FailOnDeprecated:
		return ""
	case v.RemovedBy.Major == 0:
		return anyDeprecated
	}
	return v.RemovedBy.String()
}

func (v *deprecatedValue) Set(text string) error {
	p := apply.Policy{FailOnDeprecated: true}
	if text != anyDeprecated {
		var err error
		if p.RemovedBy, err = catalog.ParseRemoval(text); err != nil {
			return err
		}
	}
	v.FailOnDeprecated, v.RemovedBy = p.FailOnDeprecated, p.RemovedBy
	return nil
}

// Separated returns an error for a release that does not belong to the flag because
// there is no "=" between the two.
func Separated(policy apply.Policy, paths []string) error {
	if !policy.FailOnDeprecated || policy.RemovedBy.Major != 0 {
		return nil
	}
	for _, path := range paths {
		if _, err := catalog.ParseRemoval(path); err == nil {
			return fmt.Errorf("%s is read as a file; write --%s=%[1]s", path, deprecatedFlag)
		}
	}
	return nil
}
