package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/internal/pattern"
)

// contentOf reads the content of the body of a block of a type. If hcl does not expect a block or an
// attribute there, contentOf adds where it belongs, or, at the top of a file, which blocks there are.
func (d *decoder) contentOf(body hcl.Body, typ string) *hcl.BodyContent {
	root, schema := d.language[""], d.language[typ].Body()
	if native, ok := body.(*hclsyntax.Body); ok {
		if content := contentOfNative(native, schema); content != nil {
			return content
		}
	}
	content, diags := body.Content(schema)
	for _, m := range diags {
		inJSON := m.Summary == "Extraneous JSON object property"
		isBlock, isAttribute := inJSON || m.Summary == "Unsupported block type", inJSON || m.Summary == "Unsupported argument"
		name := quotedName.Get().FindStringSubmatch(m.Detail)
		if name == nil || strings.Contains(m.Detail, "Did you mean") || !isBlock && !isAttribute {
			continue
		}
		hint := root.Where(name[1], isBlock, isAttribute)
		if hint == "" && typ == "" {
			var names []string
			for _, block := range root.Blocks {
				names = append(names, block.Name)
			}
			hint = " A declaration has these blocks: " + strings.Join(names, ", ") + "."
		}
		m.Detail += hint
	}
	d.Add(diags...)
	return content
}

// contentOfNative is what hcl reads, without the sets that hcl makes. It is nil if hcl finds an error.
func contentOfNative(body *hclsyntax.Body, schema *hcl.BodySchema) *hcl.BodyContent {
	content := &hcl.BodyContent{Attributes: make(hcl.Attributes, len(body.Attributes)), Blocks: make(hcl.Blocks, len(body.Blocks))}
	for _, s := range schema.Attributes {
		if a := body.Attributes[s.Name]; a != nil {
			content.Attributes[s.Name] = a.AsHCLAttribute()
		} else if s.Required {
			return nil
		}
	}
	for i, block := range body.Blocks {
		content.Blocks[i] = block.AsHCLBlock()
		fits := func(s hcl.BlockHeaderSchema) bool {
			return s.Type == block.Type && len(s.LabelNames) == len(block.Labels)
		}
		if !slices.ContainsFunc(schema.Blocks, fits) {
			return nil
		}
	}
	if len(content.Attributes) < len(body.Attributes) {
		return nil
	}
	return content
}

var quotedName = pattern.New(`"([a-z_]+)"`)
