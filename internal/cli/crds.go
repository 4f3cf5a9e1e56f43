package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/manifest"
)

// crdsFlag lays definitions over releases and snapshots.
const crdsFlag = "crds"

// checkCRDs refuses --crds for a live cluster, and a standard input that is read twice.
func (f *planFlags) checkCRDs(paths []string) error {
	inputs := 0
	for _, path := range slices.Concat(paths, f.crds) {
		if path == "-" {
			inputs++
		}
	}
	switch {
	case len(f.crds) == 0:
		return nil
	case len(f.snapshots)+len(f.releases) == 0:
		return fmt.Errorf("--%s needs --%s or --%s, such as --%[2]s 1.34; a live cluster is judged by what it serves", crdsFlag, releaseFlag, snapshotFlag)
	case slices.Contains(f.crds, "-") && inputs > 1:
		return errors.New("standard input (-) can be read only once")
	}
	return nil
}

// definitions reads the CustomResourceDefinitions at the paths, and nil if there are none.
func (a *app) definitions(paths []string) (*manifest.CRDs, hcl.Diagnostics) {
	if len(paths) == 0 {
		return nil, nil
	}
	crds := &manifest.CRDs{}
	var diags hcl.Diagnostics
	for _, path := range paths {
		found, faults := 0, len(crds.Errors())
		err := files.Manifests(path, a.Stdin, func(name string, r io.Reader) error {
			n, err := crds.Read(name, r)
			found += n
			return err
		})
		if err == nil && found == 0 && len(crds.Errors()) == faults {
			err = errors.New("there is no CustomResourceDefinition")
		}
		if err != nil {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Cannot read the CustomResourceDefinitions", Detail: fmt.Sprintf("--%s %s: %v.", crdsFlag, path, err),
			})
		}
	}
	for _, err := range crds.Errors() {
		d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Invalid manifest", Detail: report.Sentence(err.Error())}
		if fault, ok := errors.AsType[*manifest.Error](err); ok {
			at := hcl.Pos{Line: fault.Line, Column: 1}
			d.Detail = report.Sentence(fmt.Sprintf("document %d: %s", fault.Document, fault.Message))
			d.Subject = &hcl.Range{Filename: fault.File, Start: at, End: at}
		}
		diags = append(diags, d)
	}
	return crds, diags
}
