// Package budget bounds the time and the memory that parsing and evaluation may take. hcl and
// cty cannot be interrupted. So the work runs in a goroutine of its own, which asks between its
// steps whether it was stopped, and whoever waits for it goes on at once.
//
// The package does not estimate what a step will cost. What a single step can allocate must
// be bounded by whoever makes the step: memory is looked at every few milliseconds only.
package budget
