package document

import (
	"errors"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Read returns the finding that is described. It adds the lines of the declaration that are shown with
// it, by their ranges. It is an error if the views could not write the finding.
func (f *Finding) Read(lines map[hcl.Range]string) (apply.Finding, error) {
	out := apply.Finding{
		Requirement: config.Requirement{
			Type: f.Type, Address: f.Address, Enabled: f.Status != apply.Skipped, Severity: f.Severity,
			Reason: Text(f.Reason), Remedy: Text(f.Remedy), Range: f.Range.Read(),
		},
		Status: f.Status, Cause: Text(f.Cause),
	}
	var err error
	switch {
	case f.Address == "":
		err = errors.New("the address is missing")
	case f.Type == "":
		err = errors.New("the type is missing")
	case !slices.Contains(config.Severities(), f.Severity):
		err = unknown("severity", string(f.Severity))
	case !slices.Contains(apply.Statuses(), f.Status):
		err = unknown("status", string(f.Status))
	case f.Status == apply.Satisfied:
		out.Deprecation, err = f.Deprecation.read()
		if h := f.Held; h != nil {
			out.Held = &apply.Held{Declared: Text(h.Declared), Found: Text(h.Found), Absent: h.Absent}
		}
	case out.Cause != "":
	case f.Status == apply.Drifted:
		out.Differences, err = f.differences(lines)
	case f.Status == apply.StatusUndetermined:
		out.Undetermined, err = f.Undetermined.read()
	}
	return out, err
}

func (f *Finding) differences(lines map[hcl.Range]string) ([]apply.Difference, error) {
	var list []apply.Difference
	for _, d := range f.Differences {
		at := d.Range.Read()
		list = append(list, apply.Difference{
			Code: d.Code, Facet: Text(d.Facet), Declared: Text(d.Declared), Found: Text(d.Found), Hint: Text(d.Hint), Range: at,
		})
		if d.Source != nil {
			lines[at] = *d.Source
		}
		switch {
		case !slices.Contains(apply.Codes(), d.Code):
			return nil, unknown("code", string(d.Code))
		case d.Facet == nil && d.Code.IsFacet():
			return nil, errors.New("the facet of " + string(d.Code) + " is missing")
		}
	}
	if len(list) == 0 {
		return nil, errors.New("it drifted, but has no differences")
	}
	return list, nil
}

func (u *Undetermined) read() (*apply.Undetermined, error) {
	if u == nil {
		return nil, errors.New("it is undetermined, but has no reason")
	}
	code := discovery.FailureCode(u.Code)
	if !slices.Contains(discovery.FailureCodes(), code) {
		return nil, unknown("code", u.Code)
	}
	return &apply.Undetermined{Code: code, Message: u.Message, Hint: Text(u.Hint)}, nil
}

func (d *Deprecation) read() (*apply.Deprecation, error) {
	if d == nil {
		return nil, nil
	}
	out := &apply.Deprecation{Kind: Text(d.Kind), ReplacementKind: Text(d.ReplacementKind)}
	err := errors.Join(readGroupVersion(&out.GroupVersion, &d.APIVersion), readGroupVersion(&out.Replacement, d.Replacement),
		ReadVersion(&out.Deprecated, d.Deprecated), ReadVersion(&out.Removed, d.Removed))
	return out, err
}

func readGroupVersion(to *kubeapi.GroupVersion, text *string) error {
	if text == nil {
		return nil
	}
	var err error
	if *to, err = kubeapi.ParseGroupVersion(*text); err != nil {
		return unknown("group version", *text)
	}
	return nil
}

// ReadVersion reads a version, which stays as it is for null.
func ReadVersion(to *kubeapi.Version, text *string) error {
	if text == nil {
		return nil
	}
	var err error
	*to, err = kubeapi.ParseVersion(*text)
	return err
}

// Read returns the range.
func (r Range) Read() hcl.Range {
	return hcl.Range{Filename: r.Filename, Start: hcl.Pos(r.Start), End: hcl.Pos(r.End)}
}

// Text returns "" for null.
func Text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// unknown is the error for a value that this kreconcile does not know.
func unknown(what, value string) error {
	return errors.New("the " + what + " \"" + value + "\" is not known; a newer kreconcile may know it")
}
