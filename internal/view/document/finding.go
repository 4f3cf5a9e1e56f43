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

// NewFinding returns a finding. The place names the files.
func NewFinding(f apply.Finding, place report.Place) Finding {
	out := Finding{
		Address: f.Address, Type: f.Type, Status: f.Status, Severity: f.Severity, Cause: OrNull(f.Cause),
		Reason: OrNull(f.Reason), Remedy: OrNull(f.Remedy), Range: NewRange(f.Range, place),
		Differences: []Difference{},
	}
	for _, d := range f.Differences {
		out.Differences = append(out.Differences, Difference{
			Code: d.Code, Facet: OrNull(d.Facet), Declared: OrNull(d.Declared), Found: OrNull(d.Found), Hint: OrNull(d.Hint),
			Range: NewRange(d.Range, place),
		})
	}
	if u := f.Undetermined; u != nil {
		out.Undetermined = &Undetermined{Code: string(u.Code), Message: u.Message, Hint: OrNull(u.Hint)}
	}
	if d := f.Deprecation; d != nil {
		out.Deprecation = &Deprecation{
			APIVersion: d.GroupVersion.String(), Kind: OrNull(d.Kind), Deprecated: release(d.Deprecated), Removed: release(d.Removed),
			Replacement: OrNull(d.Replacement.String()), ReplacementKind: OrNull(d.ReplacementKind),
		}
	}
	return out
}

// release returns a minor version, and null for none.
func release(v kubeapi.Version) *string {
	if v.Major == 0 {
		return nil
	}
	return OrNull(v.String())
}
