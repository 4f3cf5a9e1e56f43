// Package run asks an API server for what a declaration needs, and judges the answers.
// It decides how often a cluster is looked at, and nothing about the requirements
// themselves.
package run
