// Package tools pins what the module is developed with: golangci-lint, as a tool
// of the go command. Its go.mod stands apart, so that the linter's dependencies
// are none of kreconcile's:
//
//	go tool -modfile=tools/go.mod golangci-lint run
//
// The package is empty.
package tools
