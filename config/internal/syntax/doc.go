// Package syntax parses and formats sources, in native syntax and in JSON. It keeps hcl's parser
// from what would overflow its stack, and from what hcl would silently pass over.
//
// It evaluates nothing, and knows of the language only where it has blocks.
package syntax
