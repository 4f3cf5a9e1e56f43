package support

import (
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
)

// String names the versions of the span: "1.26 to 1.31", "1.31.4 to 1.37" or "1.25".
func (s Span) String() string {
	first, last := s.First.Release.String(), s.Last.Release.String()
	ends := s.end != nil && s.end.Patch > 0
	if s.First.Patch > 0 || ends && s.First.Release == s.Last.Release {
		first = s.First.version().String()
	}
	switch {
	case ends:
		up := *s.end
		up.Patch--
		last = up.String()
	case s.First.Patch > 0 && s.First.Release == s.Last.Release:
		last += ".x"
	}
	if first == last {
		return first
	}
	return first + " to " + last
}

// Names names the spans: "1.25 to 1.28, 1.31.4 and 1.32 to 1.37".
func (l Line) Names() string {
	var names []string
	for _, s := range l {
		names = append(names, s.String())
	}
	if n := len(names); n > 1 {
		names = append(names[:n-2], names[n-2]+" and "+names[n-1])
	}
	return strings.Join(names, ", ")
}

// Names names releases, which are in their order: "1.24, 1.26 to 1.31".
func Names(releases []catalog.Release) string {
	var parts []Part
	for _, r := range releases {
		parts = append(parts, Part{Release: r, Whole: true})
	}
	return Parts(parts)
}

// Parts names parts of releases, which are in their order: "1.24 to 1.30, 1.31.0".
func Parts(parts []Part) string {
	var names []string
	for i := 0; i < len(parts); {
		end := i
		for end+1 < len(parts) && follows(parts[end], parts[end+1]) {
			end++
		}
		name := parts[i].String()
		if end > i {
			name += " to " + parts[end].String()
		}
		names = append(names, name)
		i = end + 1
	}
	return strings.Join(names, ", ")
}

// follows reports whether two parts are releases, and the second comes right after the first.
func follows(a, b Part) bool {
	return a.Whole && b.Whole && a.Release.Version().Minor+1 == b.Release.Version().Minor
}

// Strings returns the names of releases. It is never nil.
func Strings(releases []catalog.Release) []string {
	names := []string{}
	for _, r := range releases {
		names = append(names, r.String())
	}
	return names
}
