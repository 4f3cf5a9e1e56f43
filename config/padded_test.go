package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// PaddedSize is what formatting a text is taken to come to at most.
func PaddedSize(text []byte) int {
	tokens, _ := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	return paddedSize(tokens)
}
