package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// measureServer measures the contenders with a server, over loopback and over slow
// networks, and prints a table for each.
func measureServer(ctx context.Context, s *server, all []contender, networks []network, pairs int, measure string) error {
	direct, err := s.open(s.address)
	if err != nil {
		return err
	}
	if s.crds > 0 {
		all = asking(all)
	}
	traffics, err := countTraffic(ctx, s, all, measure)
	if err != nil {
		return err
	}
	began := time.Now()
	samples, err := compete(ctx, measure, all, direct, pairs)
	if err != nil {
		return err
	}
	fmt.Printf("### %d CRDs\n\nServed by %s, on the same machine (%d pairs in %s).\n\n", s.crds, s.name, pairs, time.Since(began).Round(time.Second))
	printCosts(all, samples, traffics)
	if len(networks) == 0 {
		return nil
	}
	all = asking(all)
	overall := make(map[string][][]sample)
	for _, n := range networks {
		if overall[n.name], err = over(ctx, s, n, all, pairs, measure); err != nil {
			return err
		}
	}
	fmt.Printf("### %d CRDs over slow networks\n\n", s.crds)
	printNetworks(all, networks, overall)
	return nil
}

func asking(all []contender) []contender {
	return slices.DeleteFunc(slices.Clone(all), func(c contender) bool { return c.local })
}

// over measures the contenders over a network.
func over(ctx context.Context, s *server, n network, all []contender, pairs int, measure string) (samples [][]sample, err error) {
	r, err := startRelay(ctx, s.address, n)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	a, err := s.open(r.address)
	if err != nil {
		return nil, err
	}
	return compete(ctx, measure, all, a, pairs)
}

// printCosts prints the cost of each contender, and then the ratios of ours.
func printCosts(all []contender, samples [][]sample, traffics []traffic) {
	fmt.Println("| | wall, ms | CPU, ms | peak, MiB | received, kB | requests | round trips |")
	fmt.Println("| :--- | ---: | ---: | ---: | ---: | ---: | ---: |")
	for i, c := range all {
		fmt.Printf("| %s | %s | %s | %s | %.1f | %d | %d |\n", c.name, spread(samples[i], wall), spread(samples[i], cpu), spread(samples[i], peak),
			float64(traffics[i].bytes)/1000, traffics[i].requests, traffics[i].trips)
	}
	fmt.Println()
	printRatios(all, samples)
}

// printRatios prints how much ours need of what others need.
func printRatios(all []contender, samples [][]sample) {
	for i, c := range all {
		if !c.ours {
			continue
		}
		for j, other := range all {
			if i != j && (other.flag == minimal || other.flag == apiVersions || other.flag == apiResources || other.ours) {
				fmt.Printf("%s needs of %s: wall %.2f, CPU %.2f, peak %.2f\n", c.name, other.name,
					ratio(samples[i], samples[j], wall), ratio(samples[i], samples[j], cpu), ratio(samples[i], samples[j], peak))
			}
		}
	}
	fmt.Println()
}

// printNetworks prints the wall time of each contender over each network.
func printNetworks(all []contender, networks []network, samples map[string][][]sample) {
	fmt.Print("| wall, ms |")
	for _, n := range networks {
		fmt.Printf(" %s |", n.name)
	}
	fmt.Print("\n| :--- |" + strings.Repeat(" ---: |", len(networks)) + "\n")
	for i, c := range all {
		fmt.Printf("| %s |", c.name)
		for _, n := range networks {
			fmt.Printf(" %s |", spread(samples[n.name][i], wall))
		}
		fmt.Println()
	}
	fmt.Println()
	for _, n := range networks {
		fmt.Printf("Over %s:\n\n", n.name)
		printRatios(all, samples[n.name])
	}
}

// spread is the median, with the quartiles in brackets.
func spread(samples []sample, of func(sample) float64) string {
	low, median, high := quartiles(samples, of)
	format := "%.1f (%.1f to %.1f)"
	if median >= 100 {
		format = "%.0f (%.0f to %.0f)"
	}
	return fmt.Sprintf(format, median, low, high)
}

// printMachine prints what the figures depend on.
func printMachine(ctx context.Context, built *programs.Paths) error {
	model := "unknown processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return err
	}
	curl, err := exec.CommandContext(ctx, "curl", "--version").Output()
	if err != nil {
		return err
	}
	fields := strings.Fields(string(curl))
	fmt.Printf("%s, %d cores, Linux %s, %s, Kubernetes and kubectl %s, client-go %s, curl %s\n\n", model, runtime.NumCPU(),
		strings.TrimSpace(string(kernel)), runtime.Version(), built.Kubernetes, moduleVersion("k8s.io/client-go"), fields[1])
	return nil
}
