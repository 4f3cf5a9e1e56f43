// Package markup escapes texts for Markdown, XML, GitHub's workflow commands and
// URIs, and lays out a page of Markdown.
//
// The texts must already be safe to print; see package safe. The package writes no
// output and does not know what the texts are about.
package markup
