// Command release makes all files of a release of kreconcile from the commit that is
// checked out:
//
//	release -root .. -o ../dist v0.2.0
//
// It builds in a clone of its own, in which the version is a tag, so that the programs
// record the version and the commit as the go command does it. The same commit, version
// of Go and platforms give the same bytes. It publishes nothing;
// .github/workflows/release.yaml does.
package main
