// Command soak makes kreconcile judge a real API server for a long time, while tokens
// and the CA rotate, the server restarts, and custom resources come and go. It knows
// what is true at each moment. It fails if a verdict is different, if something is
// undetermined without a reason, and if a process keeps more and more. It prints what
// it saw.
//
// Usage: go run ./soak [-time 10m]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
	"github.com/kreconcile/kreconcile/e2e/programs"
)

func main() {
	lasts := flag.Duration("time", 10*time.Minute, "how long it lasts; 30 seconds at least")
	subjectDir := flag.String("subject", "", "be a process that judges, with the service account of this `folder`")
	speed := flag.Int("speed", 1, "with -subject, how many times as fast its clock runs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	work := func() error { return soak(ctx, *lasts) }
	if *subjectDir != "" {
		// It runs until its input ends, whatever signal the terminal sends to all
		// processes.
		work = func() error { return runSubject(context.Background(), *subjectDir, *speed, os.Stdin, os.Stdout) }
	}
	if err := work(); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// access is what the gates' account may do. It never changes.
const access = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: soak, namespace: preflight}
rules:
- {apiGroups: [""], resources: [pods], verbs: [list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: soak, namespace: preflight}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: soak}
subjects: [{kind: ServiceAccount, name: preflight, namespace: preflight}]
`

func soak(ctx context.Context, lasts time.Duration) (err error) {
	if lasts < 30*time.Second {
		return fmt.Errorf("in %s, not everything happens once; give it 30s at least", lasts)
	}
	if err := programs.Require("go"); err != nil {
		return err
	}
	built, err := programs.Build(ctx, programs.Quick...)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "kreconcile-soak")
	if err != nil {
		return err
	}
	// The logs of a failure stay.
	defer func() {
		if err == nil {
			err = os.RemoveAll(dir)
		}
	}()
	// The server accepts no greater chance.
	c, err := cluster.Start(ctx, cluster.Options{Programs: built, Dir: dir, Args: []string{"--goaway-chance=0.02"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	d, err := furnish(ctx, c, filepath.Join(built.Root, "e2e", "testdata"), filepath.Join(dir, "serviceaccount"))
	if err != nil {
		return err
	}
	g := &gates{
		truth: d.truth, figures: newFigures(), kreconcile: built.Kreconcile, dir: d.volume.Dir,
		env:   []string{"KUBERNETES_SERVICE_HOST=127.0.0.1", "KUBERNETES_SERVICE_PORT=" + c.Port()},
		lasts: lasts, warm: lasts / 6, every: lasts / 40,
	}
	if err := g.run(ctx, d); err != nil {
		return fmt.Errorf("%w\nthe end of %s:\n%s", err, c.Log(), c.LogTail())
	}
	fmt.Printf("%s of soak, %d cores, %s %s/%s\n%s", lasts, runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, d)
	g.figures.print(os.Stdout)
	problems := append(g.figures.problems(), d.problems()...)
	if len(problems) > 0 {
		return fmt.Errorf("%d problems; logs are in %s\n  %s", len(problems), dir, strings.Join(problems, "\n  "))
	}
	fmt.Println("\nno wrong verdict, nothing undetermined without a cause, no leak")
	return nil
}

// furnish gives the cluster what never changes, and the gates' account.
func furnish(ctx context.Context, c *cluster.Cluster, testdata, account string) (*disturber, error) {
	for _, name := range []string{"account.yaml", "widgets.yaml", "stale.yaml"} {
		manifest, err := os.ReadFile(filepath.Join(testdata, name))
		if err != nil {
			return nil, err
		}
		if err := c.Apply(ctx, string(manifest)); err != nil {
			return nil, err
		}
	}
	if err := c.Apply(ctx, access); err != nil {
		return nil, err
	}
	if err := os.Mkdir(account, 0o755); err != nil {
		return nil, err
	}
	d := &disturber{cluster: c, truth: newTruth(comings()...), files: map[string]string{"ca.crt": string(c.CA.PEM), "namespace": "preflight"}}
	var err error
	if d.volume, err = pod.NewVolume(account, d.files); err != nil {
		return nil, err
	}
	// The first token is refused later, like those that follow it.
	if err := d.newToken(ctx, 0); err != nil {
		return nil, err
	}
	if err := d.whole(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// run starts everything for the given time. The first error ends it early; later
// errors only say that it was ended.
func (g *gates) run(ctx context.Context, d *disturber) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	over := errors.New("the time is over")
	timer := time.AfterFunc(g.lasts, func() {
		// A busy machine takes longer until all has happened once.
		for late := time.Now().Add(settleLimit); len(d.problems()) > 0 && time.Now().Before(late) && ctx.Err() == nil; {
			pause(ctx, 100*time.Millisecond, 200*time.Millisecond)
		}
		cancel(over)
	})
	defer timer.Stop()
	var workers sync.WaitGroup
	do := func(work func(context.Context) error) {
		workers.Go(func() {
			if err := work(ctx); err != nil {
				cancel(err)
			}
		})
	}
	for _, s := range subjects(g.lasts) {
		do(func(ctx context.Context) error { return g.judge(ctx, s) })
	}
	do(g.repeat)
	do(g.wait)
	do(d.rotateTokens)
	do(d.changeServer)
	for _, name := range comings() {
		do(func(ctx context.Context) error { return d.comeAndGo(ctx, name) })
	}
	workers.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, over) {
		return cause
	}
	return nil
}
