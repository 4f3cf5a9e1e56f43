// Package cases holds the table of docs/maintainers/reliability.md against the tests that it
// names: each case has one that exists, ran and passed. It runs them once more, so
// that a test which was renamed, left out or skipped does not stay a promise.
//
// It has tests only. Those of the end-to-end module, which need an API server, are
// looked up here, and .ci/cases looks whether they ran.
package cases
