package kubeapi

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// GroupVersion is an API group and one of its versions, written as in the apiVersion
// of a manifest: "apps/v1", or "v1" for the core group, whose name is empty. The zero
// value names nothing.
type GroupVersion struct {
	Group   string
	Version string
}

// ParseGroupVersion reads an apiVersion such as "v1" or
// "gateway.networking.k8s.io/v1". The group must be a DNS-1123 subdomain and the
// version a DNS-1035 label, as for a CustomResourceDefinition or an APIService. The core
// group has only versions such as v1, so that another name without a slash is a group.
// The error names the broken rule.
func ParseGroupVersion(s string) (GroupVersion, error) {
	group, version, named := strings.Cut(s, "/")
	if !named {
		group, version = "", s
	}
	switch {
	case s == "":
		return GroupVersion{}, errors.New("it is empty")
	case strings.Contains(version, "/"):
		return GroupVersion{}, errors.New("it has more than one slash")
	case named && group == "":
		return GroupVersion{}, errors.New("the group before the slash is empty; the core group is written without a slash")
	case version == "":
		return GroupVersion{}, errors.New("the version after the slash is empty")
	case named && !isSubdomain(group):
		return GroupVersion{}, fmt.Errorf("the group %q is not a DNS name of lower-case letters, digits, '-' and '.'", group)
	case !IsLabel(version) || version[0] < 'a' || version[0] > 'z':
		return GroupVersion{}, fmt.Errorf("the version %q is not a DNS label that begins with a letter, such as \"v1\"", version)
	case !named && !IsVersion(version):
		return GroupVersion{}, errors.New("it names no version")
	}
	return GroupVersion{Group: group, Version: version}, nil
}

// IsVersion reports whether a name is a version such as "v1" or "v1beta1".
func IsVersion(name string) bool {
	return len(name) > 1 && name[0] == 'v' && name[1] >= '0' && name[1] <= '9'
}

// String returns the apiVersion: "apps/v1", or "v1" for the core group.
func (gv GroupVersion) String() string {
	if gv.Group == "" {
		return gv.Version
	}
	return gv.Group + "/" + gv.Version
}

// CompareVersions orders two version names of one group by Kubernetes' version
// priority: general availability before beta before alpha, higher numbers before
// lower ones, and names of any other form last, in alphabetical order. It is negative
// if a comes before b.
//
// Source:
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
func CompareVersions(a, b string) int {
	x, xOK := parseVersionName(a)
	y, yOK := parseVersionName(b)
	switch {
	case !xOK && !yOK:
		return cmp.Compare(a, b)
	case !xOK:
		return 1
	case !yOK:
		return -1
	}
	return cmp.Or(
		cmp.Compare(y.stability, x.stability),
		cmp.Compare(y.major, x.major),
		cmp.Compare(y.minor, x.minor),
	)
}

// IsVersionName reports whether s has the form of a version in Kubernetes, such as "v1" or "v2beta3".
func IsVersionName(s string) bool {
	_, ok := parseVersionName(s)
	return ok
}

const (
	alpha = iota
	beta
	stable
)

type versionName struct {
	stability    int
	major, minor uint64
}

// parseVersionName reads "v1", "v2beta3" or "v1alpha1".
func parseVersionName(s string) (versionName, bool) {
	rest, ok := strings.CutPrefix(s, "v")
	if !ok {
		return versionName{}, false
	}
	digits, suffix := rest, ""
	if i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		digits, suffix = rest[:i], rest[i:]
	}
	major, ok := parseCount(digits)
	if !ok {
		return versionName{}, false
	}
	v := versionName{stability: stable, major: major}
	if suffix == "" {
		return v, true
	}
	minor, isBeta := strings.CutPrefix(suffix, "beta")
	v.stability = beta
	if !isBeta {
		var isAlpha bool
		if minor, isAlpha = strings.CutPrefix(suffix, "alpha"); !isAlpha {
			return versionName{}, false
		}
		v.stability = alpha
	}
	v.minor, ok = parseCount(minor)
	return v, ok
}

// parseCount reads a number without a leading zero.
func parseCount(s string) (uint64, bool) {
	if s == "" || s[0] == '0' {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil
}

func isSubdomain(s string) bool {
	if len(s) > 253 {
		return false
	}
	for part := range strings.SplitSeq(s, ".") {
		if !IsLabel(part) {
			return false
		}
	}
	return true
}

// IsLabel reports whether s is a DNS-1123 label, as the names of resources are.
//
// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
func IsLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
