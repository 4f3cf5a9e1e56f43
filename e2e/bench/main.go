// Command bench measures what kreconcile costs on a real API server, compared with a
// minimal program that asks the same, curl, and kubectl. It prints the medians of
// wall time, CPU time and peak memory, and how many times as much kreconcile needs.
//
// Usage: go run ./bench [-rounds N]
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
	"github.com/kreconcile/kreconcile/e2e/programs"
)

func main() {
	rounds := flag.Int("rounds", 40, "how often each program is run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// declaration has ten requirements, all of which hold.
const declaration = `
api "v1" {
  resource "pods" { verbs = ["get", "list", "watch"] }
  resource "services" { scope = "Namespaced" }
  resource "configmaps" {}
}
api "apps/v1" {
  resource "deployments" {
    verbs        = ["create", "patch"]
    subresources = ["scale"]
  }
  kind "StatefulSet" {}
}
api "networking.k8s.io/v1" {
  resource "ingresses" {}
}
`

// account is the account of the programs.
const account = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: bench, namespace: default}
`

func run(ctx context.Context, rounds int) (err error) {
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
	e2e := filepath.Join(built.Root, "e2e")
	for _, name := range []string{"minimal", "measure"} {
		if err := programs.Go(ctx, e2e, filepath.Join(dir, name), "./bench/"+name, "-trimpath", "-ldflags=-s -w"); err != nil {
			return err
		}
	}
	c, err := cluster.Start(ctx, cluster.Options{Programs: built, Dir: dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	contestants, err := furnish(ctx, c, built, dir)
	if err != nil {
		return err
	}
	if err := compete(ctx, filepath.Join(dir, "measure"), contestants, rounds); err != nil {
		return err
	}
	fmt.Println(machine())
	fmt.Printf("%d rounds, interleaved; medians, and in brackets the middle half\n\n", rounds)
	printTable(contestants)
	return nil
}

// contestant is a program to measure.
type contestant struct {
	name string
	args []string
	env  []string
	// compared is whether kreconcile apply is compared with it.
	compared bool
	samples  []sample
}

// sample is the cost of one run.
type sample struct{ wall, cpu, rss float64 }

const subject = "kreconcile apply"

func furnish(ctx context.Context, c *cluster.Cluster, built *programs.Paths, dir string) ([]*contestant, error) {
	if err := c.Apply(ctx, account); err != nil {
		return nil, err
	}
	token, err := c.Token(ctx, "default", "bench")
	if err != nil {
		return nil, err
	}
	mount := filepath.Join(dir, "serviceaccount")
	if err := os.Mkdir(mount, 0o755); err != nil {
		return nil, err
	}
	if _, err := pod.NewVolume(mount, map[string]string{"token": token, "ca.crt": string(c.CA.PEM), "namespace": "default"}); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "ten.hcl")
	if err := os.WriteFile(file, []byte(declaration), 0o600); err != nil {
		return nil, err
	}
	kubeconfig := filepath.Join(dir, "bench.kubeconfig")
	if err := c.WriteKubeconfig(kubeconfig, token); err != nil {
		return nil, err
	}
	ca, tokenFile := filepath.Join(mount, "ca.crt"), filepath.Join(mount, "token")
	inPod := []string{"KUBERNETES_SERVICE_HOST=127.0.0.1", "KUBERNETES_SERVICE_PORT=" + c.Port(), "PATH=" + os.Getenv("PATH")}
	const accept = "Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	return []*contestant{
		{name: subject, args: []string{built.Kreconcile, "apply", "--service-account-dir", mount, file}, env: inPod},
		{name: "minimal", args: []string{filepath.Join(dir, "minimal"), c.URL(), tokenFile, ca}, compared: true},
		{
			name: "curl", compared: true,
			args: []string{
				"curl", "-sS", "--fail", "--cacert", ca, "-H", "Authorization: Bearer " + token, "-H", accept,
				"-o", os.DevNull, c.URL() + "/api", "-o", os.DevNull, c.URL() + "/apis",
			},
		},
		{
			name: "kubectl api-versions", compared: true, args: []string{built.Kubectl, "api-versions"},
			env: []string{"KUBECONFIG=" + kubeconfig, "HOME=" + dir},
		},
		{name: "kreconcile version", args: []string{built.Kreconcile, "version"}},
		{name: "true", args: []string{"true"}},
	}, nil
}

// compete runs all in turn, so that other load on the machine affects all. The first
// round only warms the caches.
func compete(ctx context.Context, measure string, contestants []*contestant, rounds int) error {
	for round := range rounds + 1 {
		for _, c := range contestants {
			s, err := c.run(ctx, measure)
			if err != nil {
				return err
			}
			if round > 0 {
				c.samples = append(c.samples, s)
			}
		}
	}
	return nil
}

func (c *contestant) run(ctx context.Context, measure string) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, measure, c.args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, c.env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return sample{}, fmt.Errorf("%s: %w: %s", c.name, err, stderr.String())
	}
	var exit int
	var s sample
	if _, err := fmt.Sscan(string(out), &exit, &s.wall, &s.cpu, &s.rss); err != nil {
		return sample{}, fmt.Errorf("%s: %w", c.name, err)
	}
	if exit != 0 {
		return sample{}, fmt.Errorf("%s: exit code %d: %s", c.name, exit, stderr.String())
	}
	return s, nil
}

func printTable(contestants []*contestant) {
	measures := []struct {
		name string
		unit float64
		of   func(sample) float64
	}{
		{"wall, ms", 1000, func(s sample) float64 { return s.wall }},
		{"CPU, ms", 1000, func(s sample) float64 { return s.cpu }},
		{"peak, MiB", 1024, func(s sample) float64 { return s.rss }},
	}
	fmt.Printf("| %-20s |", "")
	for _, m := range measures {
		fmt.Printf(" %-22s |", m.name)
	}
	fmt.Print("\n| :------------------- |" + strings.Repeat(" ---------------------: |", len(measures)) + "\n")
	for _, c := range contestants {
		fmt.Printf("| %-20s |", c.name)
		for _, m := range measures {
			low, median, high := quartiles(c.samples, m.of)
			fmt.Printf(" %22s |", fmt.Sprintf("%.1f (%.1f to %.1f)", median/m.unit, low/m.unit, high/m.unit))
		}
		fmt.Println()
	}
	fmt.Println()
	for _, c := range contestants {
		if !c.compared {
			continue
		}
		fmt.Printf("%s needs of %s:", subject, c.name)
		for i, m := range measures {
			_, ours, _ := quartiles(contestants[0].samples, m.of)
			_, theirs, _ := quartiles(c.samples, m.of)
			fmt.Printf("%s %.2f of the %s", []string{"", ",", ","}[i], ours/theirs, strings.Split(m.name, ",")[0])
		}
		fmt.Println()
	}
}

// quartiles returns the first quartile, the median and the third quartile.
func quartiles(samples []sample, of func(sample) float64) (low, median, high float64) {
	var values []float64
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	n := len(values)
	return values[n/4], (values[(n-1)/2] + values[n/2]) / 2, values[n-1-n/4]
}

// machine describes the machine of the measurement.
func machine() string {
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
		kernel = []byte("unknown")
	}
	return fmt.Sprintf("%s, %d cores, Linux %s, %s", model, runtime.NumCPU(), strings.TrimSpace(string(kernel)), runtime.Version())
}
