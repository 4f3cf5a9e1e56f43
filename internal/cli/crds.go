package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/manifest"
)

// checkCRDs refuses --crds for a live cluster, and a standard input that is read twice.
func (f *planFlags) checkCRDs(paths []string) error {
	switch {
	case len(f.crds) == 0:
		return nil
	case len(f.snapshots)+len(f.releases) == 0:
		return fmt.Errorf("--%s needs --%s or --%s, such as --%[2]s 1.34; a live cluster is judged by what it serves", flags.CRDsFlag, flags.ReleaseFlag, flags.SnapshotFlag)
	}
	return flags.ReadOnce(slices.Concat(paths, f.crds))
}

// definitions reads the CustomResourceDefinitions at the paths of a flag, and nil if there are none.
func (a *app) definitions(flag string, paths []string) (*manifest.CRDs, hcl.Diagnostics) {
	return files.CRDs(paths, a.Stdin, "--"+flag+" ")
}

// invalidManifest says where an error in a manifest is.
func invalidManifest(err error) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Invalid manifest", Detail: report.Sentence(err.Error())}
	if fault, ok := errors.AsType[*manifest.Error](err); ok {
		d.Detail = report.Sentence(fmt.Sprintf("document %d: %s", fault.Document, fault.Message))
		d.Subject = lineOf(fault.File, fault.Line)
	}
	return d
}

func lineOf(file string, line int) *hcl.Range {
	at := hcl.Pos{Line: line, Column: 1}
	return &hcl.Range{Filename: file, Start: at, End: at}
}
