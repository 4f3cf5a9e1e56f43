// Package layout gives HCL the spaces of the canonical style, that of hclwrite.Format and of
// terraform fmt. hclwrite itself is not used, because it imports a module that takes a sixth of
// every start. The tests compare the two.
//
// It does not know the language of declarations, and changes nothing but the spaces within lines.
package layout
