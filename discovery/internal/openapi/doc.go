// Package openapi finds out what the OpenAPI documents of a server say of the fields of
// kinds: whether a field is there, what type it has, which strings it may be and whether it
// is required. What a schema leaves open, or says by a rule that is not evaluated, is said
// to be so.
//
// It fetches no document, and validates no object.
package openapi
