package document

import (
	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Finding is what became of a requirement.
type Finding struct {
	Address      string          `json:"address"`
	Type         config.Type     `json:"type"`
	Status       apply.Status    `json:"status"`
	Severity     config.Severity `json:"severity"`
	Cause        *string         `json:"cause"`
	Differences  []Difference    `json:"differences"`
	Undetermined *Undetermined   `json:"undetermined"`
	Deprecation  *Deprecation    `json:"deprecation"`
	Held         *Held           `json:"held"`
	Reason       *string         `json:"reason"`
	Remedy       *string         `json:"remedy"`
	Range        Range           `json:"range"`
}

// Difference is one that the requirement and the cluster have.
type Difference struct {
	Code     apply.Code `json:"code"`
	Facet    *string    `json:"facet"`
	Declared *string    `json:"declared"`
	Found    *string    `json:"found"`
	Hint     *string    `json:"hint"`
	Range    Range      `json:"range"`
	Source   *string    `json:"source"`
}

// Undetermined says why a requirement could not be determined.
type Undetermined struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Hint    *string `json:"hint"`
}

// Deprecation has releases such as "1.25".
type Deprecation struct {
	APIVersion      string  `json:"api_version"`
	Kind            *string `json:"kind"`
	Deprecated      *string `json:"deprecated"`
	Removed         *string `json:"removed"`
	Replacement     *string `json:"replacement"`
	ReplacementKind *string `json:"replacement_kind"`
}

// Held is what holds: the declared value, or the condition of an assert, and what was found.
type Held struct {
	Declared *string `json:"declared"`
	Found    *string `json:"found"`
	Absent   bool    `json:"absent"`
}

// NewFinding returns a finding. The place names the files.
func NewFinding(f apply.Finding, place report.Place, excerpts report.Excerpts) Finding {
	out := Finding{
		Address: f.Address, Type: f.Type, Status: f.Status, Severity: f.Severity, Cause: OrNull(f.Cause),
		Reason: OrNull(f.Reason), Remedy: OrNull(f.Remedy), Range: NewRange(f.Range, place),
		Differences: []Difference{},
	}
	for _, d := range f.Differences {
		source, _ := excerpts(d.Range)
		out.Differences = append(out.Differences, Difference{
			Code: d.Code, Facet: OrNull(d.Facet), Declared: OrNull(d.Declared), Found: OrNull(d.Found), Hint: OrNull(d.Hint),
			Range: NewRange(d.Range, place), Source: OrNull(source.Code),
		})
	}
	if u := f.Undetermined; u != nil {
		out.Undetermined = &Undetermined{Code: string(u.Code), Message: u.Message, Hint: OrNull(u.Hint)}
	}
	if d := f.Deprecation; d != nil {
		out.Deprecation = &Deprecation{
			APIVersion: d.GroupVersion.String(), Kind: OrNull(d.Kind), Deprecated: Minor(d.Deprecated), Removed: Minor(d.Removed),
			Replacement: OrNull(d.Replacement.String()), ReplacementKind: OrNull(d.ReplacementKind),
		}
	}
	if h := f.Held; h != nil && f.Status == apply.Satisfied {
		declared := h.Declared
		if h.Condition != nil {
			declared = report.Condition(*h.Condition, excerpts)
		}
		out.Held = &Held{Declared: OrNull(declared), Found: OrNull(h.Found), Absent: h.Absent}
	}
	return out
}

// Minor returns a minor version, and null for none.
func Minor(v kubeapi.Version) *string {
	if v.Major == 0 {
		return nil
	}
	return OrNull(v.String())
}
