// Package budget bounds the time and the memory of parsing and evaluation. hcl and cty cannot be
// interrupted. So the work runs in a goroutine, and asks between its steps whether it was stopped.
//
// The package does not estimate what a step will cost. Whoever makes a step must bound what it
// allocates: memory is looked at every few milliseconds only.
package budget
