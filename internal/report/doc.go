// Package report holds what a run reports, and its words, which are the same in
// every format: the verdict on a target, the problems, and where they are.
//
// It writes nothing; package view does. All texts that it makes are safe to print.
package report
