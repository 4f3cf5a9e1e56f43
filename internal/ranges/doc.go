// Package ranges reads ranges of versions as Helm's charts write them, such as ">= 1.30, < 1.38". The
// syntax and its meaning are those of github.com/Masterminds/semver with pre-releases included,
// which Helm uses. That library is not linked, because its regular expressions take an eighth of
// every start. The tests compare the two.
//
// It does not know what a range is about, or what Kubernetes calls a pre-release.
package ranges
