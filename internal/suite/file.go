package suite

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
)

// ending is that of a test file.
const ending = ".test.hcl"

// file is a test file.
type file struct {
	source config.Source
	// declaration is the path of what is tested.
	declaration string
	runs        []*test
}

// test is a run block.
type test struct {
	name      string
	at        hcl.Range
	releases  []catalog.Selection
	snapshot  string
	targetAt  hcl.Range
	crds      []string
	crdsAt    hcl.Range
	namespace string
	variables []variable
	changes   run.Changes
	expect    string
	expectAt  hcl.Range
	findings  []expectation
}

// variable is a value for a variable of the declaration.
type variable struct {
	// source sets it, as a variable file does.
	source config.Source
	at     hcl.Range
}

// expectation is the status that a finding must have.
type expectation struct {
	address, status string
	at              hcl.Range
}

// schema has optional attributes, and blocks of one type.
func schema(block hcl.BlockHeaderSchema, attributes ...string) *hcl.BodySchema {
	s := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{block}}
	for _, name := range attributes {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	return s
}

// readFile reads a test file. It is nil if the file cannot be parsed.
func (d *reader) readFile(s config.Source) *file {
	// What Format accepts is within the limits of a declaration, so that hcl can parse it.
	if _, diags := config.Format(s); diags.HasErrors() {
		d.add(diags)
		return nil
	}
	before := len(d.diags)
	parsed, diags := hclsyntax.ParseConfig(s.Bytes, s.Name, hcl.InitialPos)
	d.add(diags)
	content := d.content(parsed.Body, schema(hcl.BlockHeaderSchema{Type: "run", LabelNames: []string{"name"}}, "declaration"))
	f := &file{source: s, declaration: filepath.Dir(s.Name)}
	if path, given := d.path(s, content.Attributes["declaration"]); given {
		f.declaration = path
	}
	for _, block := range content.Blocks {
		t := d.readRun(s, block)
		if i := slices.IndexFunc(f.runs, func(other *test) bool { return other.name == t.name }); i >= 0 {
			d.error(t.at, "Duplicate run", "The run %q is already on line %d.", t.name, f.runs[i].at.Start.Line)
		}
		f.runs = append(f.runs, t)
	}
	// hcl walks maps, in no order.
	slices.SortStableFunc(d.diags[before:], func(a, b *hcl.Diagnostic) int { return cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte) })
	if len(f.runs) == 0 {
		d.error(s.Start(), "No run", `The file has no run block, such as run "on 1.34" { … }, so it tests nothing.`)
	}
	return f
}

func (d *reader) readRun(s config.Source, block *hcl.Block) *test {
	t := &test{name: block.Labels[0], at: block.DefRange}
	content := d.content(block.Body, schema(hcl.BlockHeaderSchema{Type: "override"}, "release", "snapshot", "crds", "namespace", "variables", "expect", "findings"))
	release, snapshot := content.Attributes["release"], content.Attributes["snapshot"]
	switch {
	case release == nil && snapshot == nil:
		d.error(t.at, "No target", `A run judges a release, such as release = "1.34", or a snapshot, such as snapshot = "cluster.json".`)
	case release != nil && snapshot != nil:
		d.error(snapshot.Range, "Two targets", "A run judges either a release or a snapshot. Write a run for each.")
	case release != nil:
		t.targetAt = release.Expr.Range()
		if text, given := d.text(release); given {
			selected, err := catalog.Parse([]string{text})
			if err != nil {
				d.error(t.targetAt, "Unknown release", "%s", report.Sentence(strings.TrimPrefix(err.Error(), text+": ")))
			}
			t.releases = selected
		}
	default:
		t.targetAt = snapshot.Expr.Range()
		t.snapshot, _ = d.path(s, snapshot)
	}
	if crds := content.Attributes["crds"]; crds != nil {
		t.crds, t.crdsAt = d.paths(s, crds), crds.Expr.Range()
	}
	t.namespace, _ = d.text(content.Attributes["namespace"])
	d.readVariables(t, s, content.Attributes["variables"])
	d.readExpectations(t, content.Attributes["expect"], content.Attributes["findings"])
	for _, inner := range content.Blocks {
		d.readOverride(t, inner)
	}
	return t
}

// readVariables keeps the text of each value, because the declaration decides what it means.
func (d *reader) readVariables(t *test, s config.Source, a *hcl.Attribute) {
	for _, p := range d.pairs(a) {
		if !hclsyntax.ValidIdentifier(p.key) {
			d.error(p.keyAt, "Invalid name", "%q is not the name of a variable.", p.key)
			continue
		}
		if isComputed(p.value) {
			d.error(p.value.Range(), "Invalid value", "A value must be written out, without references and function calls. Text is in quotes.")
		}
		text := append([]byte(p.key+" = "), p.value.Range().SliceBytes(s.Bytes)...)
		t.variables = append(t.variables, variable{
			source: config.Source{Name: s.Name + ": variables." + p.key, Bytes: append(text, '\n')}, at: p.value.Range(),
		})
	}
}

func (d *reader) readExpectations(t *test, expect, findings *hcl.Attribute) {
	t.expectAt = t.at
	if expect != nil {
		t.expectAt = expect.Expr.Range()
		t.expect = d.oneOf(expect.Expr, expect.Name, string(apply.Satisfied), string(apply.Drifted), string(apply.StatusUndetermined), report.DeclarationInvalid)
	}
	for _, p := range d.pairs(findings) {
		status := d.oneOf(p.value, "A finding", statuses()...)
		t.findings = append(t.findings, expectation{p.key, status, hcl.RangeBetween(p.keyAt, p.value.Range())})
	}
	switch {
	case expect == nil && len(t.findings) == 0:
		d.error(t.at, "Nothing is asserted",
			`The run would pass whatever it finds. Set expect, such as expect = "satisfied", or findings, or both.`)
	case t.expect == report.DeclarationInvalid && len(t.findings) > 0:
		d.error(findings.Range, "Findings of an invalid declaration", "A declaration with an error has no findings. Remove findings, or expect a verdict.")
	}
}

func statuses() []string {
	var list []string
	for _, s := range apply.Statuses() {
		list = append(list, string(s))
	}
	return list
}
