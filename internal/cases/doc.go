// Command cases runs go test -json, prints what a person wants to read of it, and
// fails if a test that a page of docs names did not run and pass in that run:
//
//	go run ./internal/cases go test -json ./...
//	go run ./internal/cases -e2e .ci/e2e
//
// The pages are docs/maintainers/reliability.md and, with -e2e, docs/maintainers/environments.md.
// Without -e2e it prints the output of tests that failed or were skipped. With -e2e,
// which takes long, it prints all output as it comes.
//
// It runs no test a second time and does not know what a test is about. It runs one package
// more at once than there are processors.
package main
