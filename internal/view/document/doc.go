// Package document has what the JSON documents of several commands share: how they are
// written, and the diagnostics, places, origins and findings in them.
//
// It has no document of its own. docs/json.md describes the names and the values.
package document
