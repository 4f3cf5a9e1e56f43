package ranges

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Ranges is a constraint: a version meets it if it meets all comparisons of one group. None meets the
// nil Ranges.
type Ranges [][]comparison

// comparison is one operator with its version, such as ">= 1.30".
type comparison struct {
	operator string
	written
}

// written is a version in a constraint. It has zeros for numbers that are not written.
type written struct {
	kubeapi.Version
	// parts is how many numbers there are before the first wildcard, 3 at most.
	parts int
	// wild is whether there is a wildcard.
	wild bool
}

const (
	maxConstraint = 512 // bytes
	maxGroups     = 32
)

// ErrTooLong is the error for a constraint that has more than these.
var ErrTooLong = errors.New("at most 512 bytes are allowed, and 32 parts with || between them")

// Parse reads groups that "||" separates.
func Parse(text string) (Ranges, error) {
	groups := strings.Split(text, "||")
	if len(text) > maxConstraint || len(groups) > maxGroups {
		return nil, ErrTooLong
	}
	var all Ranges
	for _, text := range groups {
		group, ok := parseGroup(text)
		if !ok {
			return nil, errors.New("comparisons such as \">= 1.30\" are joined by \",\" or \"||\"")
		}
		all = append(all, group)
	}
	return all, nil
}

const space = " \t\n\f\r"

// parseGroup reads comparisons that commas or spaces separate, and ranges such as "1.30 - 1.32".
func parseGroup(rest string) (group []comparison, ok bool) {
	rest = strings.TrimLeft(rest, space)
	for mayBeRange := true; ; {
		var c comparison
		if c, rest, ok = parseComparison(rest); !ok {
			return nil, false
		}
		behind := strings.TrimLeft(rest, space)
		separated := behind != rest
		if upper, found := strings.CutPrefix(behind, "-"); found && mayBeRange && c.operator == "" && separated {
			c.operator = ">="
			group = append(group, c)
			c.operator = "<="
			if c.written, rest, ok = parseVersion(strings.TrimLeft(upper, space)); !ok || !strings.ContainsAny(upper[:1], space) {
				return nil, false
			}
			behind = strings.TrimLeft(rest, space)
			separated = true // Helm's library needs nothing between
		}
		group = append(group, c)
		next, comma := strings.CutPrefix(behind, ",")
		switch {
		case behind == "":
			return group, true
		case !comma && !separated:
			return nil, false
		}
		rest, mayBeRange = strings.TrimLeft(next, space), comma
	}
}

func parseComparison(text string) (c comparison, rest string, ok bool) {
	// Longer ones come before those that they begin with.
	for _, operator := range [...]string{">=", "=>", "<=", "=<", "!=", "=", ">", "<", "~", "^"} {
		if strings.HasPrefix(text, operator) {
			c.operator = operator
			break
		}
	}
	c.written, rest, ok = parseVersion(strings.TrimLeft(text[len(c.operator):], space))
	return c, rest, ok
}

const (
	digits      = "0123456789"
	identifiers = digits + "-.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// parseVersion reads a version at the start of text. Numbers may be missing or wildcards from
// some point on. What follows a wildcard counts for nothing, nor does what follows "+".
func parseVersion(text string) (v written, rest string, ok bool) {
	rest = strings.TrimPrefix(text, "v")
	for i, number := range []*uint64{&v.Major, &v.Minor, &v.Patch} {
		behind := rest
		if i > 0 {
			if behind, ok = strings.CutPrefix(rest, "."); !ok {
				break
			}
		}
		var part string
		if part, rest = cutAny(behind, digits+"xX*"); part == "" {
			return v, "", false
		}
		if v.wild = v.wild || slices.Contains([]string{"x", "X", "*"}, part); v.wild {
			continue
		}
		var err error
		if *number, err = strconv.ParseUint(part, 10, 64); err != nil {
			return v, "", false
		}
		v.parts++
	}
	if suffix, found := strings.CutPrefix(rest, "-"); found {
		if v.Prerelease, rest = cutAny(suffix, identifiers); !areIdentifiers(v.Prerelease, true) {
			return v, "", false
		}
	}
	if suffix, found := strings.CutPrefix(rest, "+"); found {
		var build string
		if build, rest = cutAny(suffix, identifiers); !areIdentifiers(build, false) {
			return v, "", false
		}
	}
	return v, rest, true
}

// cutAny cuts off the characters at the start of s that are in set.
func cutAny(s, set string) (start, rest string) {
	rest = strings.TrimLeft(s, set)
	return s[:len(s)-len(rest)], rest
}

// areIdentifiers reports whether a text is identifiers with dots between them. A number in a
// pre-release has no leading zero.
func areIdentifiers(text string, prerelease bool) bool {
	for part := range strings.SplitSeq(text, ".") {
		if part == "" || prerelease && len(part) > 1 && part[0] == '0' && strings.Trim(part, digits) == "" {
			return false
		}
	}
	return true
}

// MeetText reports whether a version can be read and lies in the ranges.
func (r Ranges) MeetText(version string) bool {
	v, rest, ok := parseVersion(version)
	return ok && rest == "" && !v.wild && r.Meet(v.Version)
}

// Meet reports whether v lies in the ranges.
func (r Ranges) Meet(v kubeapi.Version) bool {
	return slices.ContainsFunc(r, func(group []comparison) bool {
		return !slices.ContainsFunc(group, func(c comparison) bool { return !c.holds(v) })
	})
}

// MeetInHelm reports whether Helm finds v in the ranges. It takes a version with a suffix for a
// pre-release, and finds that only by a group of comparisons in which a version has one.
func (r Ranges) MeetInHelm(v kubeapi.Version) bool {
	return slices.ContainsFunc(r, func(group []comparison) bool {
		return (v.Prerelease == "" || hasPrerelease(group)) && Ranges{group}.Meet(v)
	})
}

// HavePrerelease reports whether a version in the ranges has a pre-release.
func (r Ranges) HavePrerelease() bool { return slices.ContainsFunc(r, hasPrerelease) }

func hasPrerelease(group []comparison) bool {
	return slices.ContainsFunc(group, func(c comparison) bool { return c.Prerelease != "" })
}

// holds reports whether v meets the comparison. With "1.30", the operators =, !=, > and <= are about
// all patches of 1.30, and with "1" about all minor versions of 1.
func (c comparison) holds(v kubeapi.Version) bool {
	major := cmp.Compare(v.Major, c.Major)
	minor := cmp.Or(major, cmp.Compare(v.Minor, c.Minor))
	patch := cmp.Or(minor, cmp.Compare(v.Patch, c.Patch))
	order := cmp.Or(patch, comparePrereleases(v.Prerelease, c.Prerelease))
	whole := [...]int{order, major, minor, order}[c.parts]
	switch c.operator {
	case "<":
		return order < 0
	case ">=", "=>":
		return order >= 0
	case ">":
		return whole > 0
	case "<=", "=<":
		if c.parts == 0 {
			return minor <= 0
		}
		return whole <= 0
	case "!=":
		if c.parts == 2 {
			return minor != 0 || comparePrereleases(v.Prerelease, c.Prerelease) != 0
		}
		return whole != 0
	case "^":
		return order >= 0 && c.caret(major, minor, patch)
	case "=", "":
		if c.parts == 3 {
			return order == 0
		}
	}
	return order >= 0 && c.tilde(major, minor)
}

// tilde is for a version that is not lower: the minor version is the same, if it is written.
// "~0.0.0" allows everything.
func (c comparison) tilde(major, minor int) bool {
	switch zero := c.Major == 0 && c.Minor == 0 && c.Patch == 0; {
	case zero && (c.parts == 0 || c.parts == 3):
		return true
	case c.parts == 1:
		return major == 0
	}
	return minor == 0
}

// caret is for a version that is not lower: the first number that is not 0 is the same, or the
// last one that is written.
func (c comparison) caret(major, minor, patch int) bool {
	switch {
	case c.Major > 0 || c.parts == 1:
		return major == 0
	case c.Minor > 0 || c.parts == 2:
		return minor == 0
	}
	return patch == 0
}

// comparePrereleases orders pre-releases as Semantic Versioning does. A release is "", and comes last.
//
// Source: https://semver.org/#spec-item-11
func comparePrereleases(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	order := 0
	for order == 0 && (a != "" || b != "") {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		order = compareIdentifiers(x, y)
	}
	return order
}

// compareIdentifiers orders numbers before other identifiers. None, "", comes first.
func compareIdentifiers(x, y string) int {
	m, xErr := strconv.ParseUint(x, 10, 64)
	n, yErr := strconv.ParseUint(y, 10, 64)
	switch {
	case xErr == nil && yErr == nil:
		return cmp.Compare(m, n)
	case x != "" && y != "" && xErr == nil:
		return -1
	case x != "" && y != "" && yErr == nil:
		return 1
	}
	return strings.Compare(x, y)
}
