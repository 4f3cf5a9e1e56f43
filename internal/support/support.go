package support

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Support says which of several releases satisfy a declaration.
type Support struct {
	// Releases are those that were judged, from the oldest to the newest.
	Releases []catalog.Release
	// Unjudged are the requirements that some releases do not determine, in the order of the declaration. Releases
	// that break the declaration do not count, unless each one does.
	Unjudged []Unjudged
	// Determined is set unless every requirement is undetermined on every release.
	Determined bool

	parts []Part
}

// Part is a part of a release: the patches from one on, until the next part begins.
type Part struct {
	Release catalog.Release
	Patch   uint64
	// Whole is set if the declaration does not depend on the patch of the release.
	Whole bool
	// Breaks are the requirements of severity error that drift, without those that only follow from another. The
	// part satisfies the declaration if there are none.
	Breaks []Break

	// determined is set unless every requirement is undetermined on the release.
	determined bool
}

// Break is a requirement that drifts. Under counts those that only follow from it.
type Break struct {
	apply.Finding
	Under int
}

// String returns the release, such as 1.34, or the first patch of a part of it.
func (p Part) String() string {
	if p.Whole {
		return p.Release.String()
	}
	return p.version().String()
}

// version is the first version of the part.
func (p Part) version() kubeapi.Version {
	return kubeapi.Version{Major: 1, Minor: p.Release.Version().Minor, Patch: p.Patch}
}

// Unjudged is a requirement of severity error that could not be determined.
type Unjudged struct {
	// Finding is that of the oldest of the releases.
	apply.Finding
	// Group is the API group if no release serves it by itself, and empty otherwise.
	Group string
	// Releases do not determine it. All is set if these are all that count.
	Releases []catalog.Release
	All      bool
}

// Of sums up the plans of a declaration for releases, which are ordered from the oldest. There is at least one. Each
// plan is for any patch.
func Of(d *config.Declaration, releases []catalog.Release, plan func(catalog.Release) *apply.Plan) *Support {
	s := &Support{Releases: releases}
	var undetermined [][]apply.Finding
	for _, r := range releases {
		p := plan(r)
		s.parts = append(s.parts, partsOf(d, r, p)...)
		undetermined = append(undetermined, undeterminedIn(p))
	}
	s.collectUnjudged(d, undetermined)
	s.Determined = slices.ContainsFunc(s.parts, func(p Part) bool { return p.determined })
	return s
}

// partsOf divides a release where a constraint on the version depends on the patch.
func partsOf(d *config.Declaration, r catalog.Release, p *apply.Plan) []Part {
	whole := Part{Release: r, determined: slices.ContainsFunc(p.Findings, isDetermined) || len(undeterminedIn(p)) == 0}
	at := map[string]int{}
	for _, f := range p.Findings {
		if f.Status == apply.Drifted && f.Cause == "" && f.Severity == config.SeverityError {
			at[f.Address] = len(whole.Breaks)
			whole.Breaks = append(whole.Breaks, Break{Finding: f})
		}
	}
	for _, f := range p.Findings {
		if i, found := at[f.Cause]; found {
			whole.Breaks[i].Under++
		}
	}
	var depends []*config.Kubernetes
	var texts []string
	for _, k := range d.Kubernetes {
		if byPatch(p.Findings[k.Index]) && k.Severity == config.SeverityError {
			depends = append(depends, k)
			texts = append(texts, k.Constraint.String())
		}
	}
	parts := split([]Part{whole}, strings.Join(texts, " "))
	for i := range parts {
		parts[i].Whole = len(depends) == 0
		for _, k := range depends {
			if v := parts[i].version(); !k.Constraint.Check(v) {
				parts[i].Breaks = append(slices.Clone(parts[i].Breaks), mismatch(k, v))
			}
		}
	}
	return parts
}

// byPatch reports whether a constraint on the version depends on the patch.
func byPatch(f apply.Finding) bool {
	return f.Type == config.TypeKubernetes && f.Undetermined != nil && f.Undetermined.Failure != nil &&
		f.Undetermined.Failure.Cause == discovery.PatchUnknown
}

// mismatch is a constraint that a version does not meet.
func mismatch(k *config.Kubernetes, v kubeapi.Version) Break {
	return Break{Finding: apply.Finding{Requirement: k.Requirement, Status: apply.Drifted, Differences: []apply.Difference{{
		Code: apply.KubernetesMismatch, Declared: k.Constraint.String(), Found: "v" + v.String(), Range: k.Range,
	}}}}
}

// split divides parts so that each one meets constraints of this text as a whole, or does not.
func split(parts []Part, text string) []Part {
	starts := patches(text)
	var list []Part
	for i, p := range parts {
		list = append(list, p)
		end := uint64(math.MaxUint64)
		if i+1 < len(parts) && parts[i+1].Release == p.Release {
			end = parts[i+1].Patch
		}
		for _, start := range starts {
			if start > p.Patch && start < end {
				p.Patch = start
				list = append(list, p)
			}
		}
	}
	return list
}

// patches returns, in their order, the patches that this text names, and those beside them. Within a minor version, a
// constraint of the text begins or ends to be met only at one of them.
func patches(text string) []uint64 {
	list := []uint64{0}
	for digits := range strings.FieldsFuncSeq(text, func(c rune) bool { return c < '0' || c > '9' }) {
		n, err := strconv.ParseUint(digits, 10, 64)
		if err != nil {
			continue // no version has it
		}
		for _, patch := range []uint64{max(n, 1) - 1, n, max(n, n+1)} {
			if i, found := slices.BinarySearch(list, patch); !found {
				list = slices.Insert(list, i, patch)
			}
		}
	}
	return list
}

// isDetermined reports whether a release determines a requirement.
func isDetermined(f apply.Finding) bool {
	return f.Status == apply.Satisfied || f.Status == apply.Drifted || byPatch(f)
}

// undeterminedIn returns the findings of severity error that are undetermined themselves.
func undeterminedIn(p *apply.Plan) []apply.Finding {
	var list []apply.Finding
	for _, f := range p.Findings {
		if f.Status == apply.StatusUndetermined && f.Cause == "" && f.Severity == config.SeverityError && !byPatch(f) {
			list = append(list, f)
		}
	}
	return list
}

// collectUnjudged fills Unjudged with what each release does not determine.
func (s *Support) collectUnjudged(d *config.Declaration, undetermined [][]apply.Finding) {
	counts := s.Satisfied()
	if len(counts) == 0 {
		counts = s.Releases
	}
	groups := map[int]string{}
	for _, api := range d.APIs {
		if !catalog.Serves(api.GroupVersion.Group) {
			groups[api.Index] = api.GroupVersion.Group
		}
	}
	byIndex := map[int]*Unjudged{}
	for i, r := range s.Releases {
		if !slices.Contains(counts, r) {
			continue
		}
		for _, f := range undetermined[i] {
			u := byIndex[f.Index]
			if u == nil {
				u = &Unjudged{Finding: f, Group: groups[f.Index]}
				byIndex[f.Index] = u
			}
			u.Releases = append(u.Releases, r)
			u.All = len(u.Releases) == len(counts)
		}
	}
	for i := range d.Requirements {
		if u := byIndex[i]; u != nil {
			s.Unjudged = append(s.Unjudged, *u)
		}
	}
}

// Satisfied returns the releases that satisfy the declaration, or have patches that do.
func (s *Support) Satisfied() []catalog.Release {
	var list []catalog.Release
	for _, p := range s.parts {
		if len(p.Breaks) == 0 && (len(list) == 0 || list[len(list)-1] != p.Release) {
			list = append(list, p.Release)
		}
	}
	return list
}

// Best returns the parts that break fewest requirements. They satisfy the declaration if any part does.
func (s *Support) Best() []Part {
	var best []Part
	for _, p := range s.parts {
		if len(best) > 0 && len(p.Breaks) < len(best[0].Breaks) {
			best = nil
		}
		if len(best) == 0 || len(p.Breaks) == len(best[0].Breaks) {
			best = append(best, p)
		}
	}
	return best
}
