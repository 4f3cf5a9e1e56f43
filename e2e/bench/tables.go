package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// traffic is what one run of a contender caused.
type traffic struct{ bytes, requests int64 }

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
	traffics, err := count(ctx, s, all, measure)
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
func over(ctx context.Context, s *server, n network, all []contender, pairs int, measure string) ([][]sample, error) {
	r, err := startRelay(ctx, s.address, n)
	if err != nil {
		return nil, err
	}
	defer r.close()
	a, err := s.open(r.address)
	if err != nil {
		return nil, err
	}
	return compete(ctx, measure, all, a, pairs)
}

// count runs each contender once to count its requests, and once to count the bytes
// from the server.
func count(ctx context.Context, s *server, all []contender, measure string) ([]traffic, error) {
	proxy, err := startCounter(ctx, s)
	if err != nil {
		return nil, err
	}
	defer proxy.close()
	r, err := startRelay(ctx, s.address, network{})
	if err != nil {
		return nil, err
	}
	defer r.close()
	counted, err := s.open(proxy.address)
	if err != nil {
		return nil, err
	}
	relayed, err := s.open(r.address)
	if err != nil {
		return nil, err
	}
	traffics := make([]traffic, len(all))
	for i, c := range all {
		requests, bytes := proxy.requests.Load(), r.received.Load()
		if _, err := c.run(ctx, measure, counted); err != nil {
			return nil, err
		}
		if _, err := c.run(ctx, measure, relayed); err != nil {
			return nil, err
		}
		traffics[i] = traffic{bytes: r.received.Load() - bytes, requests: proxy.requests.Load() - requests}
	}
	return traffics, nil
}

// printCosts prints the cost of each contender, and then the ratios of ours.
func printCosts(all []contender, samples [][]sample, traffics []traffic) {
	fmt.Println("| | wall, ms | CPU, ms | peak, MiB | received, kB | requests |")
	fmt.Println("| :--- | ---: | ---: | ---: | ---: | ---: |")
	for i, c := range all {
		fmt.Printf("| %s | %s | %s | %s | %.1f | %d |\n", c.name, spread(samples[i], wall), spread(samples[i], cpu), spread(samples[i], peak),
			float64(traffics[i].bytes)/1000, traffics[i].requests)
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

// printNetworks prints the wall time of each contender over each network, and its round
// trips.
func printNetworks(all []contender, networks []network, samples map[string][][]sample) {
	fmt.Print("| wall, ms |")
	for _, n := range networks {
		fmt.Printf(" %s |", n.name)
	}
	fmt.Print(" round trips |\n| :--- |" + strings.Repeat(" ---: |", len(networks)+1) + "\n")
	for i, c := range all {
		fmt.Printf("| %s |", c.name)
		var times, walls []float64
		for _, n := range networks {
			fmt.Printf(" %s |", spread(samples[n.name][i], wall))
			if n.rate == 0 && n.rtt > 0 {
				_, median, _ := quartiles(samples[n.name][i], wall)
				times, walls = append(times, float64(n.rtt)/float64(time.Millisecond)), append(walls, median)
			}
		}
		fmt.Printf(" %s |\n", slope(times, walls))
	}
	fmt.Println()
}

// slope fits a line through points, and returns how steep it is: by how many round-trip
// times a run grows when the round-trip time does.
func slope(x, y []float64) string {
	if len(x) < 2 {
		return ""
	}
	var meanX, meanY, xy, xx float64
	for i := range x {
		meanX, meanY = meanX+x[i]/float64(len(x)), meanY+y[i]/float64(len(x))
	}
	for i := range x {
		xy, xx = xy+(x[i]-meanX)*(y[i]-meanY), xx+(x[i]-meanX)*(x[i]-meanX)
	}
	return fmt.Sprintf("%.1f", xy/xx)
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
