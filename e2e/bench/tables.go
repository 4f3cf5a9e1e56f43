package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// result is what was measured with one server.
type result struct {
	server     *server
	contenders []contender
	samples    [][]sample
	traffics   []traffic
	networks   []network
	// slow are the samples over each of the networks, of the contenders that ask.
	slow [][][]sample
}

// measureServer measures the contenders with a server, over loopback and over slow
// networks.
func measureServer(ctx context.Context, s *server, all []contender, networks []network, pairs int, measure string) (*result, error) {
	if s.crds > 0 {
		all = asking(all)
	}
	direct, err := s.open(s.address)
	if err != nil {
		return nil, err
	}
	r := &result{server: s, contenders: all, networks: networks}
	if r.traffics, err = countTraffic(ctx, s, all, measure); err != nil {
		return nil, err
	}
	if r.samples, err = compete(ctx, measure, all, direct, pairs); err != nil {
		return nil, err
	}
	for _, n := range networks {
		samples, err := over(ctx, s, n, asking(all), pairs, measure)
		if err != nil {
			return nil, err
		}
		r.slow = append(r.slow, samples)
	}
	return r, nil
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

// printSummary writes one line for each kreconcile and server.
func printSummary(w io.Writer, results []*result) {
	others := []struct {
		flag, name string
		of         func(sample) float64
	}{
		{minimal, "wall / minimal program", wall}, {minimal, "CPU / minimal program", cpu},
		{apiVersions, "wall / kubectl api-versions", wall}, {apiResources, "wall / kubectl api-resources", wall},
	}
	fmt.Fprint(w, "| CRDs | | wall, ms | CPU, ms | peak memory, MiB |")
	for _, o := range others {
		fmt.Fprintf(w, " %s |", o.name)
	}
	fmt.Fprintln(w, "\n| ---: | :--- | ---: | ---: | ---: |"+strings.Repeat(" ---: |", len(others)))
	for _, r := range results {
		for i, c := range r.contenders {
			if !c.ours {
				continue
			}
			fmt.Fprintf(w, "| %s | %s |", thousands(r.server.crds), c.name)
			for _, of := range []func(sample) float64{wall, cpu, peak} {
				_, median, _ := quartiles(r.samples[i], of)
				fmt.Fprintf(w, " %.1f |", median)
			}
			for _, o := range others {
				other := slices.IndexFunc(r.contenders, func(c contender) bool { return c.flag == o.flag })
				if other < 0 {
					fmt.Fprint(w, " |")
					continue
				}
				fmt.Fprintf(w, " %.2f |", ratio(r.samples[i], r.samples[other], o.of))
			}
			fmt.Fprintln(w)
		}
	}
	fmt.Fprintln(w)
}

// printRatios writes how much each kreconcile needs of what others need.
func (r *result) printRatios(w io.Writer) {
	for i, c := range r.contenders {
		for j, other := range r.contenders {
			if !c.ours || i == j || !compared(other) {
				continue
			}
			fmt.Fprintf(w, "%s / %s: wall %.2f, CPU %.2f, peak %.2f", c.name, other.name, ratio(r.samples[i], r.samples[j], wall),
				ratio(r.samples[i], r.samples[j], cpu), ratio(r.samples[i], r.samples[j], peak))
			for k, n := range r.networks {
				// Those that ask no server are last.
				fmt.Fprintf(w, ", wall over %s %.2f", n, ratio(r.slow[k][i], r.slow[k][j], wall))
			}
			fmt.Fprintln(w)
		}
	}
	fmt.Fprintln(w)
}

// compared reports whether ours are compared with it.
func compared(c contender) bool {
	return c.ours || c.flag == minimal || c.flag == apiVersions || c.flag == apiResources
}

// print writes the tables of one server.
func (r *result) print(w io.Writer) {
	fmt.Fprintf(w, "### %s CRDs\n\nThe server is %s.\n\n", thousands(r.server.crds), r.server.name)
	fmt.Fprintln(w, "| | wall, ms | CPU, ms | peak memory, MiB | received, kB | requests | round trips |")
	fmt.Fprintln(w, "| :--- | ---: | ---: | ---: | ---: | ---: | ---: |")
	for i, c := range r.contenders {
		t := r.traffics[i]
		fmt.Fprintf(w, "| %s | %s | %s | %s | %.1f | %d | %d |\n", c.name, spread(r.samples[i], wall), spread(r.samples[i], cpu),
			spread(r.samples[i], peak), float64(t.bytes)/1000, t.requests, t.trips)
	}
	fmt.Fprintln(w)
	if len(r.networks) > 0 {
		r.printNetworks(w)
	}
}

// printNetworks writes the wall time of each contender over each network.
func (r *result) printNetworks(w io.Writer) {
	fmt.Fprint(w, "| wall, ms |")
	for _, n := range r.networks {
		fmt.Fprintf(w, " %s |", n)
	}
	fmt.Fprint(w, "\n| :--- |"+strings.Repeat(" ---: |", len(r.networks))+"\n")
	for i, c := range asking(r.contenders) {
		fmt.Fprintf(w, "| %s |", c.name)
		for k := range r.networks {
			fmt.Fprintf(w, " %s |", spread(r.slow[k][i], wall))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// spread is the median, with the quartiles in brackets.
func spread(samples []sample, of func(sample) float64) string {
	low, median, high := quartiles(samples, of)
	format := "%.1f (%.1f–%.1f)"
	if median >= 100 {
		format = "%.0f (%.0f–%.0f)"
	}
	return fmt.Sprintf(format, median, low, high)
}

// thousands is a number below a million, as people write it.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
