// Package suite runs the tests of declarations: *.test.hcl files say which verdict and which
// findings a declaration gives on a release or a snapshot.
//
// It asks no cluster, prints nothing and chooses no exit code.
package suite
