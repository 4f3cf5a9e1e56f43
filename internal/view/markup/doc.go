// Package markup escapes texts for the markup of an output: Markdown, XML, GitHub's
// workflow commands and URIs.
//
// The texts are safe to print already, as package safe makes them. The package writes
// no output and knows nothing of what the texts are about.
package markup
