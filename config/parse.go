package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/eval"
	"github.com/kreconcile/kreconcile/config/internal/lang"
	"github.com/kreconcile/kreconcile/config/internal/source"
	"github.com/kreconcile/kreconcile/config/internal/syntax"
)

// Inputs is what [Parse] knows beside the sources. Its zero value knows nothing.
type Inputs struct {
	// Variables gives values to variables. Of several for one variable, the last one counts.
	Variables []Assignment
	// PodNamespace is that of kreconcile's Pod. Where it is empty, using pod.namespace is an error.
	PodNamespace string
	// AllowUnknown makes variables without a value, and pod.namespace, unknown instead of an
	// error. What depends on them is not judged, and a requirement has the zero value of a facet
	// that does. A declaration that was parsed so is good for checking only.
	AllowUnknown bool
	// AllowEmpty accepts a declaration that requires nothing, or where all is skipped.
	AllowEmpty bool
	// Version is kreconcile's own, for required_version. Without it, or with "dev", that only warns.
	Version string
}

// Assignment gives one variable a value as text, or, by a variable file, several theirs.
type Assignment = eval.Assignment

// Parse reads a declaration. It is a function of its arguments alone. Every error is reported at
// once, sorted by its place; only where a source breaks the rules of its syntax, nothing beyond the
// syntax is judged. Each diagnostic has a Subject; one about something that is in no source, such
// as a value on the command line, names its origin as the file, and line 0.
//
// The declaration is nil where a diagnostic is an error, and never nil otherwise.
func Parse(sources []Source, in Inputs) (*Declaration, hcl.Diagnostics) {
	return parseWithin(sources, in, nil)
}

// parseWithin parses within limits, or within those of the program where limits is nil.
func parseWithin(sources []Source, in Inputs, limits *budget.Limits) (*Declaration, hcl.Diagnostics) {
	root, b := lang.File(), &budget.Budget{Limits: limits}
	d := &decoder{
		Scope: eval.New(b), inputs: in, sources: sources, language: root.Index(),
		names: names{}, places: map[string]int{}, claims: map[string]claim{}, declaration: &Declaration{budget: b},
	}
	d.PodNamespace, d.AllowUnknown = in.PodNamespace, in.AllowUnknown
	d.Inquiries, d.CheckText = inquiries(in.PodNamespace), syntax.CheckExpression
	if exceeded := b.Run(d, d.decode); exceeded != nil {
		return nil, hcl.Diagnostics{exceeded}
	}
	diags := d.Sorted(source.Names(sources))
	if diags.HasErrors() {
		return nil, diags
	}
	return d.declaration, diags
}

// decoder turns sources into a declaration.
type decoder struct {
	*eval.Scope
	inputs  Inputs
	sources []Source
	// language has each type of block by its name. That of a file is empty.
	language    map[string]*lang.Block
	declaration *Declaration
	// all are the requirements, in declaration order.
	all []*Requirement
	// places counts the requirements of each place, and claims has what is said of each fact.
	places map[string]int
	claims map[string]claim
	// names are those of permissions and checks.
	names names
	// open means that it is not known what a dynamic block makes, or what a permission asks for.
	open bool
}

func (d *decoder) decode() {
	blocks, ok := d.blocks()
	if !ok || !d.versionFits(blocks.OfType("kreconcile")) {
		return
	}
	for _, block := range blocks.OfType("variable") {
		d.variable(block)
	}
	for _, block := range blocks.OfType("locals") {
		d.DeclareLocals(block)
	}
	d.Settle(d.inputs.Variables, func(s Source) hcl.Body { return syntax.Parse(s, lang.Values(), d.List, d.Budget) })
	for _, block := range d.expand(blocks, "", nil) {
		switch block.Type {
		case "cluster":
			d.cluster(block)
		case "api":
			d.api(block)
		case "permission":
			d.permission(block)
		case "check":
			d.check(block)
		}
	}
	d.contradictions()
	d.declaration.Requirements = len(d.all)
	d.emptiness()
	d.Unused()
}

// blocks parses all sources, and gives their blocks in order. It is false after an error of syntax.
func (d *decoder) blocks() (blocks hcl.Blocks, ok bool) {
	var bodies []hcl.Body
	total := 0
	for _, s := range d.sources {
		if total += len(s.Bytes); total > source.MaxTotal {
			d.Error(source.WholeFile(s.Name), "Declaration too large", "The sources of a declaration may have at most %d MiB together.", source.MaxTotal>>20)
			return nil, false
		}
		bodies = append(bodies, syntax.Parse(s, d.language[""], d.List, d.Budget))
	}
	if d.Diags.HasErrors() {
		return nil, false
	}
	for _, body := range bodies {
		blocks = append(blocks, d.contentOf(body, "").Blocks...)
	}
	return blocks, true
}

func (d *decoder) variable(block *hcl.Block) {
	before := d.Errors()
	content := d.contentOf(block.Body, "variable")
	broken := d.Errors() > before
	var validations []eval.Validation
	for _, inner := range content.Blocks {
		attributes := d.contentOf(inner.Body, "validation").Attributes
		if condition, message := attributes["condition"], attributes["error_message"]; condition != nil && message != nil {
			validations = append(validations, eval.Validation{At: headerRange(inner), Condition: condition.Expr, Message: message.Expr})
		}
	}
	d.DeclareVariable(block, headerRange(block), content, broken, validations)
}

// emptiness refuses a declaration that a gate would pass without looking.
func (d *decoder) emptiness() {
	if d.inputs.AllowEmpty || d.open || d.Diags.HasErrors() {
		return
	}
	at := source.WholeFile("")
	if len(d.sources) > 0 {
		at = d.sources[0].Start()
	}
	if len(d.all) == 0 {
		d.Error(at, "Nothing is required",
			"The declaration requires nothing, so that any cluster would satisfy it. Declare an api, a permission, a check or a cluster block, or allow this with --allow-empty.")
	} else if !slices.ContainsFunc(d.all, func(r *Requirement) bool { return r.Enabled }) {
		d.Error(at, "Every requirement is skipped",
			"No requirement of the declaration is enabled, so that any cluster would satisfy it. Enable one, or allow this with --allow-empty.")
	}
}

// headerRange is the type and label of a block. JSON has no header, so that it is the label there.
func headerRange(block *hcl.Block) hcl.Range {
	if block.DefRange.Overlaps(block.TypeRange) {
		return block.DefRange
	}
	return append([]hcl.Range{block.TypeRange}, block.LabelRanges...)[len(block.LabelRanges)]
}
