// Command image makes the container image of kreconcile: an OCI image layout with
// one image for each static binary that it is given, and a CycloneDX SBOM of each, or
// the SBOM alone.
//
//	image -o dist/image dist/kreconcile_linux_amd64 dist/kreconcile_linux_arm64
//	image -sbom bin/kreconcile
//
// All that it says of a binary (version, commit, time, modules) is what the go
// command recorded in it, so that an image never disagrees with the program in
// it. The same binaries give the same bytes. It builds no binary, and speaks to no
// registry and no container engine.
package main
