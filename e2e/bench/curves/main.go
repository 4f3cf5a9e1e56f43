// Command curves draws what one requirement, finding, resource or target costs when there
// are many: a flat curve means that twice as much takes twice the time. It writes SVG
// files, and prints the figures as Markdown tables.
//
// Usage: curves [-dir FOLDER]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	dir := flag.String("dir", ".", "the folder for the SVG files")
	testdata := flag.String("snapshot", "../../testdata/snapshots/kubernetes.json", "the snapshot of one target")
	flag.Parse()
	if err := run(*dir, *testdata); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// chart is a picture with one or more curves.
type chart struct {
	file, title string
	// unit is what there are many of, such as "requirement".
	unit   string
	curves []curve
}

// curve is what each number of units cost.
type curve struct {
	name   string
	counts []int
	costs  []cost
}

// cost is the time of one run, and the processor time of all its goroutines, which
// depends less on what else the machine does.
type cost struct{ wall, cpu time.Duration }

func (c *curve) add(n int, spent cost) {
	c.counts, c.costs = append(c.counts, n), append(c.costs, spent)
}

// perUnit returns the processor time for each unit, in microseconds.
func (c *curve) perUnit(i int) float64 {
	return float64(c.costs[i].cpu.Nanoseconds()) / 1000 / float64(c.counts[i])
}

func run(dir, snapshot string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, measure := range []func() (chart, error){
		diffs, formats, snapshots, func() (chart, error) { return targets(snapshot) },
	} {
		c, err := measure()
		if err != nil {
			return err
		}
		c.print()
		if err := c.draw(filepath.Join(dir, c.file)); err != nil {
			return err
		}
	}
	return nil
}

func (c chart) print() {
	fmt.Printf("%s\n\n| %ss |", c.title, c.unit)
	for _, curve := range c.curves {
		fmt.Printf(" %s: wall, ms | CPU, ms | µs each |", curve.name)
	}
	fmt.Print("\n| ---: |" + strings.Repeat(" ---: | ---: | ---: |", len(c.curves)) + "\n")
	for i, n := range c.curves[0].counts {
		fmt.Printf("| %d |", n)
		for _, curve := range c.curves {
			fmt.Printf(" %.2f | %.2f | %.2f |", milliseconds(curve.costs[i].wall), milliseconds(curve.costs[i].cpu), curve.perUnit(i))
		}
		fmt.Println()
	}
	fmt.Println()
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// typical is the median cost of at least five calls, which take at least a fifth of a
// second together. Calls that take seconds are made less often.
func typical(work func() error) (cost, error) {
	const least, together, enough = 5, 200 * time.Millisecond, 5 * time.Second
	var walls, cpus []time.Duration
	var sum time.Duration
	for len(walls) < least && sum < enough || sum < together {
		runtime.GC()
		began, used := time.Now(), processorTime()
		if err := work(); err != nil {
			return cost{}, err
		}
		walls, cpus = append(walls, time.Since(began)), append(cpus, processorTime()-used)
		sum += walls[len(walls)-1]
	}
	slices.Sort(walls)
	slices.Sort(cpus)
	return cost{walls[len(walls)/2], cpus[len(cpus)/2]}, nil
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// counts are the numbers of units on a curve.
func counts(most int) []int {
	var list []int
	for n := 1; n <= most; n *= 10 {
		for _, m := range []int{n, 3 * n} {
			if m >= most/1000 && m <= most {
				list = append(list, m)
			}
		}
	}
	return list
}
