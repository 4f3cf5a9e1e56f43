package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptrace"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/gate"
	"github.com/kreconcile/kreconcile/inclusterauth"
)

// A subject is a process that makes one pass after the other with the public packages
// and one client, during the whole soak. It is a process of its own so that what it
// keeps can be counted.

// task is a task for a subject, one JSON document each.
type task struct {
	// Declaration is the source of the declaration to judge. If it is empty, the
	// subject counts what it keeps.
	Declaration string
	// Limit limits the time of the pass.
	Limit time.Duration
	// Anew makes the pass begin on a new connection, as each pass of --wait does.
	Anew bool
}

// answer is a subject's answer to a task.
type answer struct {
	Findings []finding
	Kept     kept
	// Traffic counts everything since the subject began.
	Traffic traffic
}

// kept is what a process keeps between two passes.
type kept struct{ Goroutines, Files, Heap int }

// traffic is what a client did.
type traffic struct{ Requests, Retries, NotModified, Connections int }

// runSubject answers the tasks. Its clock is faster than the real one by the factor
// speed, so that files are read as often as during a day.
func runSubject(ctx context.Context, dir string, speed int, in io.Reader, out io.Writer) error {
	began := time.Now()
	auth, err := inclusterauth.Load(inclusterauth.Options{Dir: dir, Getenv: os.Getenv, Now: func() time.Time {
		return began.Add(time.Since(began) * time.Duration(speed))
	}})
	if err != nil {
		return err
	}
	client := &discovery.Client{HTTP: auth.Client(), Base: auth.BaseURL(), Redact: auth.Redact}
	var connections atomic.Int64
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{ConnectDone: func(_, _ string, err error) {
		if err == nil {
			connections.Add(1)
		}
	}})
	requests, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var t task
		if err := requests.Decode(&t); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		var a answer
		if t.Declaration == "" {
			client.HTTP.CloseIdleConnections()
			if a.Kept, err = count(); err != nil {
				return err
			}
		} else if a.Findings, err = t.pass(ctx, client); err != nil {
			return err
		}
		stats := client.Stats()
		a.Traffic = traffic{stats.Requests, stats.Retries, stats.NotModified, int(connections.Load())}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
}

// pass judges the declaration once, as another Go program would.
func (t task) pass(ctx context.Context, client *discovery.Client) ([]finding, error) {
	d, diags := config.Parse([]config.Source{{Name: "soak.hcl", Bytes: []byte(t.Declaration)}}, config.Inputs{PodNamespace: "preflight"})
	if diags.HasErrors() {
		return nil, diags
	}
	if t.Anew {
		client.HTTP.CloseIdleConnections()
	}
	result, err := gate.Check(ctx, client, d, gate.Options{Timeout: t.Limit})
	if result == nil {
		return nil, err
	}
	var findings []finding
	for _, f := range result.Plan.Findings {
		got := finding{Address: f.Address, Status: f.Status, Cause: f.Cause}
		for _, d := range f.Differences {
			got.Differs = append(got.Differs, difference{d.Code})
		}
		if u := f.Undetermined; u != nil {
			got.Unknown = &undeterminedCause{u.Code, u.Message}
		}
		findings = append(findings, got)
	}
	return findings, nil
}

// count counts what the process keeps, once everything that is about to end has
// ended.
func count() (kept, error) {
	goroutines := runtime.NumGoroutine()
	// Closed connections take a moment to disappear.
	for same, looks := 0, 0; same < 5 && looks < 100; looks++ {
		time.Sleep(20 * time.Millisecond)
		now := runtime.NumGoroutine()
		if same++; now != goroutines {
			same, goroutines = 0, now
		}
	}
	// The second collection frees what finalizers of the first held.
	runtime.GC()
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	files, err := openFiles("self")
	return kept{goroutines, files, int(memory.HeapAlloc)}, err
}

// openFiles counts the file descriptors of a process.
func openFiles(pid string) (int, error) {
	entries, err := os.ReadDir("/proc/" + pid + "/fd")
	if err != nil {
		return 0, fmt.Errorf("its open files cannot be counted: %w", err)
	}
	return len(entries), nil
}
