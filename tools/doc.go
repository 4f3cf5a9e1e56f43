// Package tools pins what the module is developed with, as tools of the go
// command. Its go.mod stands apart, so that their dependencies are none of
// kreconcile's:
//
//	go tool -modfile=tools/go.mod golangci-lint run
//	go tool -modfile=tools/go.mod crane push dist/image REGISTRY/kreconcile:TAG
//
// .ci/licenses and .ci/vulnerabilities call go-licenses and govulncheck. The program
// in image makes the image that crane pushes. This package is empty.
package tools
