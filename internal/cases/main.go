package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run runs the command in args and returns the exit code: 1 if a test failed or a
// case has no test that passed, 2 if the tests could not be run. It reads the pages
// from the current folder.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("cases", flag.ContinueOnError)
	flags.SetOutput(stderr)
	endToEnd := flags.Bool("e2e", false, "print all output, and check the end-to-end tests that the pages name")
	if err := flags.Parse(args); err != nil || flags.NArg() == 0 {
		fmt.Fprintln(stderr, "usage: cases [-e2e] go test -json [ARG...]")
		return 2
	}
	tables, err := readTables(filepath.Join("docs", "maintainers", "reliability.md"), filepath.Join("docs", "maintainers", "environments.md"))
	if err != nil {
		fmt.Fprintln(stderr, "cases:", err)
		return 2
	}
	r := newResults(stdout, *endToEnd)
	failure := runTests(r, withMorePackages(flags.Args()), stderr)
	problems := tables.check(r, *endToEnd)
	r.summarize()
	if exit := (*exec.ExitError)(nil); failure != nil && !errors.As(failure, &exit) {
		fmt.Fprintln(stderr, "cases:", failure)
		return 2
	}
	for _, problem := range problems {
		fmt.Fprintln(stdout, "cases:", problem)
	}
	if failure != nil || len(r.failed) > 0 || len(problems) > 0 {
		return 1
	}
	return 0
}

// withMorePackages lets go test run one package more at once than there are processors, because some tests wait.
func withMorePackages(command []string) []string {
	if len(command) < 2 || command[0] != "go" || command[1] != "test" {
		return command
	}
	return slices.Insert(slices.Clone(command), 2, fmt.Sprintf("-p=%d", runtime.GOMAXPROCS(0)+1))
}

// runTests runs a command that prints the events of go test -json. If the command
// runs and fails, the error is an *exec.ExitError.
func runTests(r *results, args []string, stderr io.Writer) error {
	command := exec.Command(args[0], args[1:]...)
	command.Stderr = stderr
	events, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	return errors.Join(r.read(events), command.Wait())
}
