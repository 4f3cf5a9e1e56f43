// Package text makes of what a server says one line of bounded length, once and when it is
// decoded, so that nobody after that has to shorten it.
//
// It does not escape: whoever prints a text does.
package text
