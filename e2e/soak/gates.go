package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// gates runs everything that judges the cluster.
type gates struct {
	truth   *truth
	figures *figures
	// kreconcile is the built program, dir the service account's folder, and env the
	// environment of a Pod.
	kreconcile, dir string
	env             []string
	// lasts is the length of the soak, warm the time of the first sample, and every
	// the time between samples.
	lasts, warm, every time.Duration
}

// subject is one of the long-lived processes that judge.
type subject struct {
	name string
	task
	// speed is how many times faster than the real clock its clock runs.
	speed int
	// hasty allows a pass that had too little time.
	hasty bool
	pause time.Duration
}

func subjects(lasts time.Duration) []subject {
	// Certificates are valid for a day, also by this clock.
	fast := min(20, max(1, int(12*time.Hour/lasts)))
	return []subject{
		// Each pass has its own connection, as under --wait, and time for every
		// retry, as by default.
		{name: "a pass at a time", task: task{Limit: 2 * time.Minute, Anew: true}, speed: 1, pause: 50 * time.Millisecond},
		// One connection is kept until the server ends it, for example by GOAWAY. The
		// clock makes the client read the files again every few seconds.
		{name: "a connection kept", task: task{Limit: 2 * time.Minute}, speed: fast, pause: 20 * time.Millisecond},
		// No time for another try: the first answer of a server that has just started
		// counts.
		{name: "in a hurry", task: task{Limit: 300 * time.Millisecond, Anew: true}, speed: 1, hasty: true, pause: 10 * time.Millisecond},
	}
}

// judge runs one subject until the context ends.
func (g *gates) judge(ctx context.Context, s subject) (err error) {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "-subject="+g.dir, "-speed="+strconv.Itoa(s.speed))
	cmd.Env, cmd.Stderr = g.env, os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		// It ends with its input.
		err = errors.Join(err, stdin.Close(), cmd.Wait())
	}()
	tasks, answers := json.NewEncoder(stdin), json.NewDecoder(stdout)
	ask := func(t task) (a answer, err error) {
		if err = tasks.Encode(t); err == nil {
			err = answers.Decode(&a)
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", s.name, err)
		}
		return a, err
	}
	next := time.Now().Add(g.warm)
	for pass := 0; ctx.Err() == nil; pass++ {
		if time.Now().After(next) {
			next = time.Now().Add(g.every)
			a, err := ask(task{})
			if err != nil {
				return err
			}
			g.figures.count(s.name, map[string]int{goroutines: a.Kept.Goroutines, files: a.Kept.Files, heap: a.Kept.Heap})
		}
		d := []declaration{moving(comings()...), denying()}[pass%2]
		t := s.task
		t.Declaration = d.source
		seen := span{before: g.truth.look()}
		a, err := ask(t)
		if err != nil {
			return err
		}
		seen.after = g.truth.look()
		if ctx.Err() != nil {
			// The disturbers have left the cluster in a known state.
			return ctx.Err()
		}
		g.record(s.name, d, seen, a.Findings, s.hasty)
		g.figures.saw(s.name, a.Traffic)
		pause(ctx, s.pause, 2*s.pause)
	}
	return nil
}

// record judges a pass and adds it to the figures.
func (g *gates) record(gate string, d declaration, s span, findings []finding, hasty bool) {
	wrong, excuses := judge(d, s, findings, hasty)
	if len(wrong) > 0 {
		wrong[len(wrong)-1] += "\n    " + s.describe(comings()...)
	}
	g.figures.pass(gate, findings, wrong, excuses)
}

// report has what the tests read of a run's JSON.
type report struct {
	ExitCode int `json:"exit_code"`
	// Targets has one entry, or none if the run ended before the cluster was asked.
	Targets []target `json:"targets"`
}

// cluster returns the only target, or an empty one.
func (r report) cluster() target {
	if len(r.Targets) == 0 {
		return target{}
	}
	return r.Targets[0]
}

// target has what the tests read of one cluster.
type target struct {
	Findings []finding `json:"findings"`
	Wait     *struct {
		Passes int      `json:"passes"`
		Mixed  []string `json:"mixed"`
	} `json:"wait"`
}

// command returns a run of the built program that judges a declaration.
func (g *gates) command(d declaration, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	args = append([]string{"apply", "-o", "json", "--service-account-dir", g.dir}, append(args, "-")...)
	cmd = exec.Command(g.kreconcile, args...)
	cmd.Env = g.env
	cmd.Stdin = strings.NewReader(d.source)
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

// repeat runs the built program again and again: at once, or waiting for what comes
// and goes.
func (g *gates) repeat(ctx context.Context) error {
	const once, waits = "kreconcile apply", "kreconcile apply --wait"
	for ctx.Err() == nil {
		for _, run := range []struct {
			name        string
			declaration declaration
			args        []string
		}{
			{once, moving(comings()...), nil},
			{once, denying(), nil},
			{waits, moving(comings()[0]), []string{"--wait=5s", "--interval=250ms"}},
		} {
			cmd, stdout, stderr := g.command(run.declaration, run.args...)
			seen := span{before: g.truth.look()}
			if err := exited(cmd.Run()); err != nil {
				return err
			}
			seen.after = g.truth.look()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			g.read(run.name, run.declaration, seen, cmd.ProcessState.ExitCode(), stdout, stderr)
			pause(ctx, 50*time.Millisecond, 100*time.Millisecond)
		}
	}
	return nil
}

// read judges the report of a run that ended by itself.
func (g *gates) read(gate string, d declaration, s span, code int, stdout, stderr *bytes.Buffer) {
	var r report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil || code != r.ExitCode || code != verdict(r.cluster().Findings) {
		g.figures.accuse(gate, fmt.Sprintf("exit %d (%v):\n%s%s", code, err, stdout, stderr))
		return
	}
	g.record(gate, d, s, r.cluster().Findings, false)
}

// exited returns nil for a program that ran, whatever its exit code.
func exited(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Exited() {
		return nil
	}
	return err
}

// wait runs the built program once for the whole soak: it waits for more passes in a
// row than there can be, of what never changes. Its passes are counted from outside,
// and SIGTERM ends it.
func (g *gates) wait(ctx context.Context) error {
	const gate = "kreconcile apply --wait, all along"
	d := standing()
	const interval = 200 * time.Millisecond
	limit, passes := 2*g.lasts+time.Hour, int((g.lasts+settleLimit)/interval)+1
	cmd, stdout, _ := g.command(d, fmt.Sprintf("--wait=%s", limit), fmt.Sprintf("--interval=%s", interval), fmt.Sprintf("--consecutive=%d", passes))
	cmd.Stderr = nil
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	seen := span{before: g.truth.look()}
	if err := cmd.Start(); err != nil {
		return err
	}
	counted := make(chan error, 1)
	go func() {
		counted <- g.watch(ctx, gate, strconv.Itoa(cmd.Process.Pid))
		// It ends by itself only after an error, which its exit code shows.
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}()
	last := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if last = lines.Text(); strings.Contains(last, "not as declared") {
			g.figures.accuse(gate, last)
		}
	}
	if err := errors.Join(exited(cmd.Wait()), <-counted); err != nil {
		return err
	}
	seen.after = g.truth.look()
	var r report
	code := cmd.ProcessState.ExitCode()
	err = json.Unmarshal(stdout.Bytes(), &r)
	cluster := r.cluster()
	if err != nil || code != 128+int(syscall.SIGTERM) || cluster.Wait == nil || len(cluster.Wait.Mixed) > 0 {
		g.figures.accuse(gate, fmt.Sprintf("exit %d (%v):\n%s%s", code, err, stdout, last))
		return nil
	}
	g.record(gate, d, seen, cluster.Findings, false)
	g.figures.waited(gate, cluster.Wait.Passes)
	return nil
}

// watch takes samples of a process until the context or the process ends.
func (g *gates) watch(ctx context.Context, gate, pid string) error {
	pause(ctx, g.warm, g.warm+time.Second)
	for ctx.Err() == nil {
		open, err := openFiles(pid)
		if err != nil {
			return ignoreGone(err)
		}
		memory, err := memoryOf(pid)
		if err != nil {
			return ignoreGone(err)
		}
		memory[files] = open
		g.figures.count(gate, memory)
		pause(ctx, g.every, g.every+time.Millisecond)
	}
	return nil
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// memoryOf returns the current and the peak memory of a process, in bytes.
func memoryOf(pid string) (map[string]int, error) {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return nil, err
	}
	memory := map[string]int{}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		if quantity, ok := map[string]string{"VmRSS": resident, "VmHWM": peak}[name]; ok {
			kilobytes, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				return nil, err
			}
			memory[quantity] = kilobytes << 10
		}
	}
	return memory, nil
}
