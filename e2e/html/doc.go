// Package html tests the HTML report in a browser: how it looks, how it filters, and that nothing
// in it is loaded, or acts. It needs no cluster.
//
// go test -update ./html in e2e makes the picture in README.md anew.
package html
