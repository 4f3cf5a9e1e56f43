package config

// Source is one file of a declaration, or of variable values, and the name by
// which diagnostics speak of it.
type Source struct {
	Name  string
	Bytes []byte
}
