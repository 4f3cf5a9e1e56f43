// Package lang says which blocks and attributes the language of declarations has, and what
// each is for. The decoder takes its schemas from these tables; tests write the reference and the JSON
// Schema from them. It reads no declaration: what a value means is known in package config.
package lang
