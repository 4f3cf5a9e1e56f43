// Package result has the JSON document of plan and apply, which docs/json.md describes: it
// writes reports, and reads them again for merge.
//
// A document that it reads is from outside. What no kreconcile writes is an error, and a verdict
// that does not follow from the findings is too.
package result
