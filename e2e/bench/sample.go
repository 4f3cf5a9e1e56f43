package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// sample is the cost of one run.
type sample struct{ wall, cpu, peak float64 }

// The units of sample: milliseconds and MiB.
func wall(s sample) float64 { return s.wall }
func cpu(s sample) float64  { return s.cpu }
func peak(s sample) float64 { return s.peak }

// compete runs all in turn, so that other load on the machine affects all. The first
// round only warms the caches.
func compete(ctx context.Context, measure string, all []contender, a access, rounds int) ([][]sample, error) {
	samples := make([][]sample, len(all))
	for round := range rounds + 1 {
		for i, c := range all {
			s, err := c.run(ctx, measure, a)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				samples[i] = append(samples[i], s)
			}
		}
	}
	return samples, nil
}

func (c *contender) run(ctx context.Context, measure string, a access) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	cache, err := os.MkdirTemp("", "kreconcile-bench-cache")
	if err != nil {
		return sample{}, err
	}
	defer os.RemoveAll(cache)
	args, env := c.command(a, cache)
	cmd := exec.CommandContext(ctx, measure, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return sample{}, fmt.Errorf("%s: %w: %s", c.name, err, stderr.String())
	}
	var exit int
	var s sample
	if _, err := fmt.Sscan(string(out), &exit, &s.wall, &s.cpu, &s.peak); err != nil {
		return sample{}, fmt.Errorf("%s: %w", c.name, err)
	}
	if exit != 0 {
		return sample{}, fmt.Errorf("%s: exit code %d: %s", c.name, exit, stderr.String())
	}
	return sample{wall: s.wall / 1000, cpu: s.cpu / 1000, peak: s.peak / 1024}, nil
}

// quartiles returns the first quartile, the median and the third quartile.
func quartiles(samples []sample, of func(sample) float64) (low, median, high float64) {
	values := make([]float64, 0, len(samples))
	for _, s := range samples {
		values = append(values, of(s))
	}
	return quartilesOf(values)
}

func quartilesOf(values []float64) (low, median, high float64) {
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return values[n/4], (values[(n-1)/2] + values[n/2]) / 2, values[n-1-n/4]
}

// ratio is the median of the ratios of the pairs: runs of the same round.
func ratio(ours, theirs []sample, of func(sample) float64) float64 {
	values := make([]float64, 0, len(ours))
	for i := range ours {
		values = append(values, of(ours[i])/of(theirs[i]))
	}
	_, median, _ := quartilesOf(values)
	return median
}
