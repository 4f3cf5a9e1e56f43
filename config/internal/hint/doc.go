// Package hint finds what an author probably meant: a resource of another spelling, a group
// version in another order, a file of another language. It only suggests. It decides nothing, and
// what it does not know is never an error.
package hint
