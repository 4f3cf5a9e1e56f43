// Package page writes a report as one page of HTML, for people: the verdict, what is wrong
// and what to do about it, deprecated APIs, and every requirement on every target.
//
// The page loads nothing. Its style and its script are in it, and its policy allows no
// others. Without the script it shows everything; the script only filters. The package
// decides nothing, and hides no tokens.
package page
