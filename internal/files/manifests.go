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
	return crds, Objects{Into: crds, Prefix: prefix, All: "CustomResourceDefinitions", One: "CustomResourceDefinition"}.Read(paths, stdin)
}

// Objects are objects of manifests that are wanted.
type Objects struct {
	// Into takes the manifests of a file, and returns how many objects it found, or the error of the reader.
	// What is wrong with the manifests is in its Errors.
	Into interface {
		Read(name string, r io.Reader) (int, error)
		Errors() []error
	}
	Recursive bool
	// Prefix is before a path in a diagnostic. All and One name the objects.
	Prefix, All, One string
}

// Read reads the manifests at the paths, each of which must have an object.
func (o Objects) Read(paths []string, stdin io.Reader) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, path := range paths {
		found, faults := 0, len(o.Into.Errors())
		err := Manifests(path, stdin, o.Recursive, func(name string, r io.Reader) error {
			n, err := o.Into.Read(name, r)
			found += n
			return err
		})
		if err == nil && found == 0 && len(o.Into.Errors()) == faults {
			err = errors.New("there is no " + o.One)
		}
		if err != nil {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Cannot read the " + o.All, Detail: fmt.Sprintf("%s%s: %v.", o.Prefix, path, err),
			})
		}
	}
	for _, err := range o.Into.Errors() {
		d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Invalid manifest", Detail: report.Sentence(err.Error())}
		if fault, ok := errors.AsType[*manifest.Error](err); ok {
			d.Detail = report.Sentence(fmt.Sprintf("document %d: %s", fault.Document, fault.Message))
			d.Subject = Line(fault.File, fault.Line)
		}
		diags = append(diags, d)
	}
	return diags
}

// Line is the start of a line of a file.
func Line(file string, line int) *hcl.Range {
	at := hcl.Pos{Line: line, Column: 1}
	return &hcl.Range{Filename: file, Start: at, End: at}
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
