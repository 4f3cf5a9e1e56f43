package suite

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/manifest"
)

// Run runs the tests at paths: folders, whose *.test.hcl are read, or such files; no path at all is
// the current folder. names select runs, unless there are none. Nothing is run if a test file or a
// declaration has an error. version is kreconcile's own.
func Run(paths, names []string, version string) *report.Tests {
	s := &suite{version: version, declarations: map[string]config.Sources{}, crds: map[string]*manifest.CRDs{}, result: &report.Tests{}}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var tests []*file
	for _, source := range s.find(paths) {
		s.result.Sources = append(s.result.Sources, source)
		if f := s.readFile(source); f != nil {
			tests = append(tests, f)
			s.load(f.declaration)
			for _, t := range f.runs {
				s.loadCRDs(t)
			}
		}
	}
	s.choose(tests, names)
	if !s.diags.HasErrors() {
		for _, f := range tests {
			if len(f.runs) == 0 {
				continue
			}
			outcome := report.TestFile{Name: f.source.Name}
			for _, t := range f.runs {
				r := s.run(s.declarations[f.declaration], t)
				s.add(r.Errors)
				outcome.Runs = append(outcome.Runs, r)
			}
			s.result.Files = append(s.result.Files, outcome)
		}
	}
	s.result.Diagnostics = s.diags
	return s.result
}

// choose keeps the runs of these names.
func (s *suite) choose(tests []*file, names []string) {
	if len(names) == 0 {
		return
	}
	var known []string
	for _, f := range tests {
		for _, t := range f.runs {
			known = append(known, t.name)
		}
		f.runs = slices.DeleteFunc(f.runs, func(t *test) bool { return !slices.Contains(names, t.name) })
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			s.error(hcl.Range{Filename: "--run"}, "Unknown run", "No run has the name %q.%s", name, didYouMean(name, known))
		}
	}
}

type suite struct {
	reader
	version string
	// declarations are those that were read, by their path.
	declarations map[string]config.Sources
	// crds are the definitions that were read, by their paths.
	crds   map[string]*manifest.CRDs
	result *report.Tests
}

// find reads the test files at the paths.
func (s *suite) find(paths []string) []config.Source {
	var found []config.Source
	seen := map[string]bool{}
	for _, path := range paths {
		entries, err := fs.ReadDir(files.FS{}, path)
		hasTest := false
		for _, e := range entries {
			hasTest = hasTest || strings.HasSuffix(e.Name(), ending)
			if strings.HasSuffix(e.Name(), ending+".json") {
				s.error(hcl.Range{Filename: filepath.Join(path, e.Name())}, "Test in JSON", "A test is in native syntax, in a file whose name ends in %s.", ending)
			}
		}
		isFolder, n := err == nil, 0
		var diags hcl.Diagnostics
		if hasTest || !isFolder {
			diags = config.Walk(files.FS{}, nil, []string{path}, false, func(source config.Source) bool {
				switch name := filepath.Clean(source.Name); {
				case strings.HasSuffix(name, ending):
					n++
					if !seen[name] {
						found = append(found, source)
					}
					seen[name] = true
				case !isFolder:
					s.error(hcl.Range{Filename: source.Name}, "Not a test", "A test is a folder, or a file whose name ends in %s.", ending)
				}
				return true
			})
			s.add(diags)
		}
		if isFolder && n == 0 && !diags.HasErrors() {
			s.error(hcl.Range{Filename: path}, "No test found", "The folder has no file whose name ends in %s, so nothing was tested. Inner folders are not read.", ending)
		}
	}
	return found
}

// load reads a declaration, and checks all of it that does not depend on the values of variables.
func (s *suite) load(path string) {
	if _, known := s.declarations[path]; known {
		return
	}
	sources, _, diags := config.Load(files.FS{}, nil, []string{path}, nil)
	s.declarations[path] = sources
	for _, source := range sources {
		if !slices.ContainsFunc(s.result.Sources, func(other config.Source) bool { return other.Name == source.Name }) {
			s.result.Sources = append(s.result.Sources, source)
		}
	}
	if !diags.HasErrors() {
		_, more := config.Parse(sources, config.Inputs{AllowUnknown: true, Version: s.version})
		diags = append(diags, more...)
	}
	s.add(diags)
}

// loadCRDs reads the definitions that a run applies.
func (s *suite) loadCRDs(t *test) {
	paths := strings.Join(t.crds, "\n")
	crds, known := s.crds[paths]
	if !known {
		var diags hcl.Diagnostics
		crds, diags = files.CRDs(t.crds, nil, "")
		for _, d := range diags {
			if d.Subject == nil {
				d.Subject = &t.crdsAt
			}
		}
		s.add(diags)
		s.crds[paths] = crds
	}
	t.changes.CRDs = crds
}
