// Package yaml reads a YAML document as Kubernetes' tools do: into the values that JSON has, with
// the lines on which they begin. A plain scalar means what it means in YAML 1.1, so yes and on
// are true. JSON is YAML here, too.
//
// It is smaller than YAML: a list or a map cannot be a key, and "%TAG" is refused, as are tags that
// no value of JSON has. Such a document is an error, and never read as something else. A key that
// occurs twice in a map is an error.
//
// The time and memory that it takes grow with the length of the document, which the caller limits,
// and with the number of values, which is limited here. Aliases count as what they stand for.
//
// It exists because the known packages compile regular expressions before main, which costs every
// start of the program. Tests compare it with one of them.
package yaml
