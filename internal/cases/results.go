package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// module is the path before the folder of a package.
const module = "github.com/kreconcile/kreconcile/"

// An event is one line of go test -json.
//
// Source: https://pkg.go.dev/cmd/test2json
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// results are the outcomes of a run. Output for people goes to out.
type results struct {
	out io.Writer
	// verbose prints all output as it comes.
	verbose bool
	// packages are the packages whose tests have begun, by folder.
	packages map[string]*packageResult
	passed   int
	skipped  int
	// failed are packages and tests, in the order in which they ended.
	failed []string
}

// A packageResult is the result of one package so far.
type packageResult struct {
	// outcome is "pass", "skip" (no test was run) or "fail", and empty until the
	// package ends.
	outcome string
	// output is what belongs to no test.
	output []string
	tests  map[string]*testResult
	// names are the names of tests, in the order in which they began.
	names []string
}

// A testResult is the result of one test or sub-test so far.
type testResult struct {
	// outcome is "pass", "skip" or "fail", and empty until the test ends.
	outcome string
	elapsed float64
	// output is what the test printed. It is dropped when the test passes.
	output []string
}

func newResults(out io.Writer, verbose bool) *results {
	return &results{out: out, verbose: verbose, packages: map[string]*packageResult{}}
}

// read reads events up to the end.
func (r *results) read(from io.Reader) error {
	for lines := bufio.NewReader(from); ; {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				// The go command may print other lines.
				fmt.Fprintf(r.out, "%s", line)
			} else {
				r.take(e)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(r.packages)) {
		if p := r.packages[folder]; p.outcome == "" {
			r.end(folder, p, "fail")
		}
	}
	return nil
}

// take takes one event.
func (r *results) take(e event) {
	if e.Action == "build-output" || r.verbose && e.Action == "output" {
		fmt.Fprint(r.out, e.Output)
	}
	if e.Package == "" {
		return
	}
	folder := strings.TrimPrefix(e.Package, module)
	p := r.packages[folder]
	if p == nil {
		p = &packageResult{tests: map[string]*testResult{}}
		r.packages[folder] = p
	}
	ended := e.Action == "pass" || e.Action == "skip" || e.Action == "fail"
	if e.Test == "" {
		switch {
		case e.Action == "output":
			p.output = append(p.output, e.Output)
		case ended:
			r.end(folder, p, e.Action)
		}
		return
	}
	test := p.tests[e.Test]
	if test == nil {
		test = &testResult{}
		p.tests[e.Test] = test
		p.names = append(p.names, e.Test)
	}
	switch {
	case e.Action == "output":
		test.output = append(test.output, e.Output)
	case ended:
		test.outcome, test.elapsed = e.Action, e.Elapsed
		if e.Action == "pass" {
			test.output = nil
		}
	}
}

// end prints a package that has ended: each test that did not pass, and the package's line.
func (r *results) end(folder string, p *packageResult, outcome string) {
	p.outcome = outcome
	for _, name := range p.names {
		test := p.tests[name]
		switch {
		case test.outcome == "pass":
			r.passed++
			continue
		case test.outcome == "skip":
			r.skipped++
		default:
			// A test that was still running when its package ended has failed.
			test.outcome = "fail"
			r.failed = append(r.failed, folder+"."+name)
		}
		if !r.verbose {
			fmt.Fprintf(r.out, "--- %s: %s (%.2fs)\n", strings.ToUpper(test.outcome), name, test.elapsed)
			r.print(test.output)
		}
	}
	if outcome == "fail" {
		r.failed = append(r.failed, folder)
	}
	if !r.verbose {
		r.print(p.output)
	}
}

// print omits what go test prints only with -v.
func (r *results) print(output []string) {
	for _, text := range output {
		trimmed := strings.TrimLeft(text, " ")
		if !strings.HasPrefix(trimmed, "=== ") && !strings.HasPrefix(trimmed, "--- ") && text != "PASS\n" && text != "FAIL\n" {
			fmt.Fprint(r.out, text)
		}
	}
}

// summarize prints how many tests passed, and which did not.
func (r *results) summarize() {
	for _, name := range r.failed {
		fmt.Fprintln(r.out, "failed:", name)
	}
	fmt.Fprintf(r.out, "%d tests and sub-tests passed, %d were skipped\n", r.passed, r.skipped)
}
