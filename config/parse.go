package config

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/budget"
	"github.com/kreconcile/kreconcile/config/internal/diag"
	"github.com/kreconcile/kreconcile/config/internal/hint"
	"github.com/kreconcile/kreconcile/config/internal/lang"
	"github.com/kreconcile/kreconcile/config/internal/source"
)

// Inputs is what [Parse] knows beside the sources. Its zero value knows nothing.
type Inputs struct {
	// Variables gives values to variables, in rising precedence: of several
	// values for one variable, the last one counts.
	Variables []Assignment
	// PodNamespace is the namespace of the Pod that kreconcile runs in. Where it
	// is empty, using pod.namespace is an error.
	PodNamespace string
	// AllowUnknown makes variables without a value, and pod.namespace, unknown
	// instead of an error. What depends on them is not judged, and a requirement
	// has the zero value of a facet that does. A declaration that was parsed so is
	// good for checking only.
	AllowUnknown bool
	// AllowEmpty accepts a declaration that requires nothing, or of which all is
	// skipped.
	AllowEmpty bool
	// Version is kreconcile's own version, for required_version. Where it is
	// empty or "dev", any version is accepted, with a warning.
	Version string
}

// Assignment gives one variable a value as text, or, by a variable file, several
// variables theirs.
type Assignment struct {
	Name string
	// Value is the text. For a variable whose type is string, number or bool, or
	// is not declared, it is the value itself; for other types it is an
	// expression in native syntax.
	Value string
	// Origin says where the text comes from, as an error names it: "--var", or
	// "environment variable KRECONCILE_VAR_x".
	Origin string
	// Environment means that a name which is not declared is not an error: the
	// environment is shared with others.
	Environment bool
	// Source is a variable file, as [Load] gives it. Where it is not nil,
	// nothing else counts.
	Source *Source
}

// Parse reads a declaration. It is a function of its arguments alone. Every
// error is reported at once, sorted by its place; only where a source breaks
// the rules of its syntax, nothing beyond the syntax is judged. Each diagnostic
// has a Subject; one about something that is in no source, such as a value on
// the command line, names its origin as the file, and line 0.
//
// The declaration is nil where a diagnostic is an error, and never nil otherwise.
func Parse(sources []Source, in Inputs) (*Declaration, hcl.Diagnostics) {
	return parseWithin(sources, in, nil)
}

// parseWithin parses within limits, or within those of the program where limits is nil.
func parseWithin(sources []Source, in Inputs, limits *budget.Limits) (*Declaration, hcl.Diagnostics) {
	b := &budget.Budget{}
	d := &decoder{
		evaluator: evaluator{
			List: &diag.List{}, inputs: in, budget: b, limits: limits,
			variables: map[string]*variable{}, locals: map[string]*local{},
		},
		sources:     sources,
		names:       names{},
		blocks:      map[string]int{},
		unsettled:   map[*Requirement]bool{},
		declaration: &Declaration{budget: b},
	}
	if limits == nil {
		now := budget.Default()
		limits = &now
	}
	if exceeded := b.Run(d, *limits, d.decode); exceeded != nil {
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
	evaluator
	sources []Source
	// language has each type of block by its name.
	language    map[string]*lang.Block
	localOrder  []*local
	declaration *Declaration
	// all are the requirements, in declaration order.
	all []*Requirement
	// blocks counts the api blocks of each label.
	blocks map[string]int
	// unsettled are those for which it is not known whether they are enabled.
	unsettled map[*Requirement]bool
	// names are those of permissions and checks.
	names names
	// open is set where what a dynamic block makes, or what a permission asks for,
	// is not known.
	open bool
	// asserting is the evaluator of every assert, once there is one.
	asserting *evaluator
}

func (d *decoder) decode() {
	root := lang.File()
	d.language = root.Index()
	contents, ok := d.contents(root)
	if !ok || !d.versionFits(contents) {
		return
	}
	each(contents, "variable", d.declareVariable)
	each(contents, "locals", d.declareLocals)
	d.assign()
	d.evaluateLocals()
	d.validate()
	for _, content := range contents {
		for _, block := range d.expand(content.Blocks, root.Name, nil) {
			if d.budget.Stopped() {
				break
			}
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
	}
	d.contradictions()
	d.declaration.Requirements = len(d.all)
	d.emptiness()
	d.unused()
}

// contents parses all sources. It gives one content for each, in their order.
func (d *decoder) contents(root *lang.Block) ([]*hcl.BodyContent, bool) {
	var bodies []hcl.Body
	total := 0
	for _, s := range d.sources {
		if total += len(s.Bytes); total > source.MaxTotal {
			d.Error(source.WholeFile(s.Name), "Declaration too large", "The sources of a declaration may have at most %d MiB together.", source.MaxTotal>>20)
			return nil, false
		}
		bodies = append(bodies, d.parse(s, root))
	}
	if d.Diags.HasErrors() {
		d.conceal()
		return nil, false
	}
	var contents []*hcl.BodyContent
	for _, body := range bodies {
		content, diags := body.Content(root.Body())
		d.Add(d.misplaced(diags, true)...)
		contents = append(contents, content)
	}
	return contents, true
}

// contentOf reads the content of a body. What hcl would object to, it says itself.
func (d *decoder) contentOf(body hcl.Body, schema *hcl.BodySchema) *hcl.BodyContent {
	content, diags := body.Content(schema)
	d.Add(d.misplaced(diags, false)...)
	return content
}

// conceal drops the details of errors that stand where no line may be shown:
// what the parser says of a broken text can quote it.
func (d *decoder) conceal() {
	for _, s := range d.sources {
		secrets := s.Secrets()
		for _, m := range d.Diags {
			if s.Name == m.Subject.Filename && secrets.Have(m.Subject.Start.Byte) {
				m.Detail = concealed
			}
		}
	}
}

// parse parses one source in its syntax. The body is nil where it cannot be
// used.
func (d *decoder) parse(s Source, schema *lang.Block) hcl.Body {
	if !source.CheckEncoding(s, d.List) {
		return nil
	}
	if s.IsJSON() {
		return d.parseJSON(s, schema)
	}
	if body := d.parseText(s); body != nil {
		return body
	}
	return nil
}

// parseText parses native syntax, and says in errors what another language may have been
// meant to be. The body is nil where it cannot be used.
func (d *decoder) parseText(s Source) *hclsyntax.Body {
	var faults diag.List
	body := parseNative(s, &faults, d.budget)
	if faults.Diags.HasErrors() {
		if other := hint.Foreign(s); other != nil {
			d.Add(other)
			return nil
		}
	}
	for _, m := range faults.Diags {
		switch m.Summary {
		case "Missing newline after argument":
			m.Detail += " Put text in quotes."
		case "Invalid template control keyword":
			m.Detail += " For the text %{ itself, write %%{."
		}
	}
	d.Add(faults.Diags...)
	d.Dropped += faults.Dropped
	return body
}

func each(contents []*hcl.BodyContent, name string, do func(*hcl.Block)) {
	for _, content := range contents {
		for _, block := range content.Blocks {
			if block.Type == name {
				do(block)
			}
		}
	}
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
	switch {
	case len(d.all) == 0:
		d.Error(at, "Nothing is required",
			"The declaration requires nothing, so that any cluster would satisfy it. Declare an api, a permission, a check or a cluster block, or allow this with --allow-empty.")
	case !slices.ContainsFunc(d.all, func(r *Requirement) bool { return r.Enabled }):
		d.Error(at, "Every requirement is skipped",
			"No requirement of the declaration is enabled, so that any cluster would satisfy it. Enable one, or allow this with --allow-empty.")
	}
}

// sortedAttributes gives attributes from the top.
func sortedAttributes(attributes hcl.Attributes) []*hcl.Attribute {
	list := make([]*hcl.Attribute, 0, len(attributes))
	for _, a := range attributes {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b *hcl.Attribute) int { return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte) })
	return list
}

// headerRange is where a block stands, as its type and label. The syntax of JSON
// has no header; the label stands for it.
func headerRange(block *hcl.Block) hcl.Range {
	if len(block.LabelRanges) > 0 && !block.DefRange.Overlaps(block.TypeRange) {
		return block.LabelRanges[len(block.LabelRanges)-1]
	}
	if !block.DefRange.Overlaps(block.TypeRange) {
		return block.TypeRange
	}
	return block.DefRange
}
