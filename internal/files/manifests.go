package files

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/manifest"
)

// CRDs reads the CustomResourceDefinitions at the paths, and nil if there are none. A diagnostic about
// a path names it after the prefix, and has no Subject; one about a manifest has its place.
func CRDs(paths []string, stdin io.Reader, prefix string) (*manifest.CRDs, hcl.Diagnostics) {
	if len(paths) == 0 {
		return nil, nil
	}
	crds := &manifest.CRDs{}
	var diags hcl.Diagnostics
	for _, path := range paths {
		found, faults := 0, len(crds.Errors())
		err := Manifests(path, stdin, false, func(name string, r io.Reader) error {
			n, err := crds.Read(name, r)
			found += n
			return err
		})
		if err == nil && found == 0 && len(crds.Errors()) == faults {
			err = errors.New("there is no CustomResourceDefinition")
		}
		if err != nil {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Cannot read the CustomResourceDefinitions", Detail: fmt.Sprintf("%s%s: %v.", prefix, path, err),
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

// Manifests calls read with the manifests at a path: a file; those in a folder that end in .yaml,
// .yml or .json, in the order of their names; or standard input for "-", as "<stdin>". With recursive,
// inner folders are read too, but no links to them and none whose name begins with a dot. A link in
// a folder that leads out of it is an error. An error of a file in a folder has its name; any other
// is without the name.
func Manifests(name string, stdin io.Reader, recursive bool, read func(name string, r io.Reader) error) error {
	if name == "-" {
		return read("<stdin>", stdin)
	}
	info, err := os.Stat(name)
	if err != nil {
		return withoutPath(err)
	}
	if !info.IsDir() {
		return readManifest(name, read)
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return withoutPath(err)
	}
	folder, err := FS{}.Resolve(name)
	if err != nil {
		return withoutPath(err)
	}
	for _, entry := range entries {
		ending, inner := path.Ext(entry.Name()), filepath.Join(name, entry.Name())
		if recursive && entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			if err := Manifests(inner, stdin, recursive, read); err != nil {
				return err
			}
		}
		if entry.IsDir() || ending != ".yaml" && ending != ".yml" && ending != ".json" {
			continue
		}
		target, err := FS{}.Resolve(inner)
		if err == nil && !strings.HasPrefix(target, strings.TrimSuffix(folder, "/")+"/") {
			err = errors.New("it is a link out of the folder")
		}
		if err == nil {
			err = readManifest(inner, read)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", inner, withoutPath(err))
		}
	}
	return nil
}

func readManifest(name string, read func(name string, r io.Reader) error) error {
	file, err := openRegular(name)
	if err != nil {
		return withoutPath(err)
	}
	defer func() { _ = file.Close() }()
	return read(filepath.ToSlash(name), file)
}
