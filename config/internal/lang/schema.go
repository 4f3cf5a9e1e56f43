package lang

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Block describes one type of block, a whole file, or a variable file.
type Block struct {
	// Name is the type, and empty for a file. Label says what the label names, if the block has one.
	Name, Label string
	// Doc is a sentence or more, and Example a whole block.
	Doc, Example string
	Attributes   []Attribute
	Blocks       []*Block
	// Free means that attributes have any names, and Repeats that a dynamic block can make the block.
	Free, Repeats bool
	body          *hcl.BodySchema
}

// Attribute describes an attribute. Default is what holds without it, or empty. Example is a value.
type Attribute struct {
	Name, Type, Default, Doc, Example string
	Required                          bool
}

// Body gives the schema for hcl. It has dynamic blocks wherever one can make a block.
func (b *Block) Body() *hcl.BodySchema {
	if b.body != nil {
		return b.body
	}
	b.body = &hcl.BodySchema{}
	for _, a := range b.Attributes {
		b.body.Attributes = append(b.body.Attributes, hcl.AttributeSchema{Name: a.Name, Required: a.Required})
	}
	for _, inner := range b.Blocks {
		header := hcl.BlockHeaderSchema{Type: inner.Name}
		if inner.Label != "" {
			header.LabelNames = []string{inner.Label}
		}
		b.body.Blocks = append(b.body.Blocks, header)
	}
	if len(b.Repeatable()) > 0 {
		b.body.Blocks = append(b.body.Blocks, hcl.BlockHeaderSchema{Type: Dynamic, LabelNames: []string{"type"}})
	}
	return b.body
}

// Block gives the schema of an inner block, or nil where there is none of the name.
func (b *Block) Block(name string) *Block {
	if i := slices.IndexFunc(b.Blocks, func(inner *Block) bool { return inner.Name == name }); i >= 0 {
		return b.Blocks[i]
	}
	return nil
}

// Repeatable lists the inner blocks that a dynamic block can make.
func (b *Block) Repeatable() []string {
	var names []string
	for _, inner := range b.Blocks {
		if inner.Repeats {
			names = append(names, inner.Name)
		}
	}
	return names
}

// Index gives the block itself and all blocks in it by their names.
func (b *Block) Index() map[string]*Block {
	index := map[string]*Block{b.Name: b}
	for _, inner := range b.Blocks {
		maps.Copy(index, inner.Index())
	}
	return index
}

// Where says in a sentence in which of the blocks in b the language has a block or an attribute
// of a name. It is empty for a name that it does not have.
func (b *Block) Where(name string, block, attribute bool) string {
	var places []string
	for _, inner := range b.Index() {
		isIt := func(a Attribute) bool { return a.Name == name }
		if inner != b && (block && inner.Block(name) != nil || attribute && slices.ContainsFunc(inner.Attributes, isIt)) {
			places = append(places, inner.Name)
		}
	}
	slices.Sort(places)
	switch {
	case len(places) == 0:
		return ""
	case places[0] == "api":
		return " It belongs in an api block, as in api \"apps/v1\" { … }."
	}
	return " It belongs in a block of type " + strings.Join(places, " or ") + "."
}
