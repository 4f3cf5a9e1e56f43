// Package versions reads constraints on versions, and tells which versions meet them. It does not know
// which versions there are.
package versions
