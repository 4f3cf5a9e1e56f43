package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

// project is the path of the main module, and the address of the repository.
const project = "github.com/kreconcile/kreconcile"

//go:embed krew.yaml.tmpl
var krewTemplate string

//go:embed homebrew.rb.tmpl
var homebrewTemplate string

// download is an archive in a template.
type download struct{ OS, Arch, URL, SHA256, Program string }

// manifests writes those by which package managers install the archives: one for kubectl
// krew, and a formula for Homebrew. Each lists the platforms that were built.
func (r *release) manifests(context.Context) error {
	for _, m := range []struct{ name, template, program string }{
		{"kreconcile.yaml", krewTemplate, "kubectl-kreconcile"},
		{"kreconcile.rb", homebrewTemplate, "kreconcile"},
	} {
		values := map[string]any{"Version": r.version, "Number": r.number()}
		systems := map[string][]download{}
		var all []download
		for _, b := range r.built {
			if b.program.name != m.program {
				continue
			}
			d := download{
				OS: b.platform.system, Arch: b.platform.architecture, SHA256: b.sum, Program: filepath.Base(b.path),
				URL: fmt.Sprintf("https://%s/releases/download/%s/%s", project, r.version, b.archive),
			}
			all = append(all, d)
			systems[d.OS] = append(systems[d.OS], d)
		}
		values["Downloads"], values["Systems"] = all, systems
		parsed, err := template.New(m.name).Option("missingkey=error").Parse(m.template)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := parsed.Execute(&text, values); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.dist(), m.name), text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
