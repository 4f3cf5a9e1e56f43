// Command bench measures what kreconcile costs compared with other programs that ask an
// API server what it serves: a minimal program, curl, kubectl, client-go and Helm's
// look-up of capabilities. It prints the machine, the versions and tables in Markdown.
//
// With up to 2,000 CRDs the server is a real kube-apiserver. With more, it is
// Kubernetes' own handler for aggregated discovery, because an API server takes many
// minutes and gigabytes for so many CRDs.
//
// Usage: go run . [-sizes N,…] [-networks NAME,…] [-pairs N] [-only NAME,…] [-program NAME=PATH] [-docs FOLDER]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

func main() {
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// options say what to measure.
type options struct {
	sizes []int
	// delayed are the sizes that are measured over slow networks too.
	delayed  []int
	networks []network
	pairs    int
	only     []string
	// docs is the folder of the pages to write the tables to. It may be empty.
	docs string
	// programs are other builds of kreconcile to measure, as NAME=PATH.
	programs []string
}

func parse(args []string) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	sizes := flags.String("sizes", "0,2000,10000,30000", "numbers of CRDs")
	delayed := flags.String("delayed", "0,10000", "those of the sizes that are also measured over slow networks")
	networks := flags.String("networks", "1ms,10ms,50ms,10Mbit", "slow networks: a round-trip time, a rate, or both as 10ms+10Mbit; \"none\" for loopback only")
	flags.IntVar(&o.pairs, "pairs", 20, "how often each program is run")
	only := flags.String("only", "", "names of contenders; the default is all")
	flags.StringVar(&o.docs, "docs", "", "the folder docs, to write the tables to its pages")
	flags.Func("program", "another kreconcile to measure, as `NAME=PATH`; may be repeated", func(value string) error {
		if name, path, ok := strings.Cut(value, "="); !ok || name == "" || path == "" {
			return errors.New("it must be NAME=PATH")
		}
		o.programs = append(o.programs, value)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 || o.pairs < 1 {
		return nil, errors.New("there are no arguments, and -pairs is at least 1")
	}
	var err error
	if o.sizes, err = numbers(*sizes); err != nil {
		return nil, err
	}
	if o.delayed, err = numbers(*delayed); err != nil {
		return nil, err
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	if *networks != "none" {
		for name := range strings.SplitSeq(*networks, ",") {
			n, err := parseNetwork(name)
			if err != nil {
				return nil, err
			}
			o.networks = append(o.networks, n)
		}
	}
	return o, nil
}

func numbers(list string) ([]int, error) {
	var all []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is no number of CRDs", text)
		}
		all = append(all, n)
	}
	return all, nil
}

func run(ctx context.Context, o *options) (err error) {
	if err := programs.Require("go", "curl"); err != nil {
		return err
	}
	built, err := programs.Build(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kreconcile-bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for _, name := range []string{"minimal", "measure", "clientgo"} {
		source := filepath.Join(built.Root, "e2e", "bench")
		if err := programs.Go(ctx, source, filepath.Join(dir, name), "./"+name, "-trimpath", "-ldflags=-s -w"); err != nil {
			return err
		}
	}
	all, err := contenders(o, built, dir)
	if err != nil {
		return err
	}
	header, err := machine(ctx, built, o.pairs)
	if err != nil {
		return err
	}
	fmt.Println(header + "\n")
	servers, err := startServers(ctx, built, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, servers.stop()) }()
	var results []*result
	for _, crds := range slices.Sorted(slices.Values(o.sizes)) {
		s, err := servers.with(ctx, crds)
		if err != nil {
			return err
		}
		networks := o.networks
		if !slices.Contains(o.delayed, crds) {
			networks = nil
		}
		r, err := measureServer(ctx, s, all, networks, o.pairs, filepath.Join(dir, "measure"))
		if err != nil {
			return err
		}
		r.print(os.Stdout)
		r.printRatios(os.Stdout)
		results = append(results, r)
	}
	printSummary(os.Stdout, results)
	if o.docs == "" {
		return nil
	}
	var summary, tables strings.Builder
	printSummary(&summary, results)
	tables.WriteString(header + "\n\n")
	for _, r := range results {
		r.print(&tables)
	}
	return writeDocs(o.docs, summary.String(), tables.String())
}
