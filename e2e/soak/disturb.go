package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// settleLimit is how long the server may take for any change. A longer time is a
// failure of the soak itself.
const settleLimit = 2 * time.Minute

// disturber does to a cluster what happens to clusters, and keeps the truth.
type disturber struct {
	cluster *cluster.Cluster
	truth   *truth

	// calm is held while the server's state is observed, so that nothing counts as
	// gone that a starting server does not serve yet.
	calm sync.RWMutex

	mu     sync.Mutex
	volume *pod.Volume
	files  map[string]string

	tokens, announced, late, terminated, killed, created, deleted atomic.Int64
}

// set replaces one file of the service account, as the kubelet does.
func (d *disturber) set(name, content string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files[name] = content
	return d.volume.Update(d.files)
}

// persist calls try until it succeeds. It returns an error only if the context ends,
// or if all tries failed for too long.
func persist(ctx context.Context, try func() error) error {
	deadline := time.Now().Add(settleLimit)
	for {
		err := try()
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not within %s: %w", settleLimit, err)
		}
		pause(ctx, 50*time.Millisecond, 100*time.Millisecond)
	}
}

// pause waits for a random time in that range, or until the context ends.
func pause(ctx context.Context, atLeast, atMost time.Duration) {
	timer := time.NewTimer(atLeast + rand.N(atMost-atLeast))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// post creates an object. It accepts one from an earlier attempt whose answer was
// lost.
func (d *disturber) post(ctx context.Context, path, body string) ([]byte, error) {
	status, content, err := d.cluster.Ask(ctx, http.MethodPost, path, "", body)
	if err != nil {
		return nil, err
	}
	if status != http.StatusCreated && status != http.StatusConflict {
		return nil, fmt.Errorf("POST %s: %d: %s", path, status, content)
	}
	return content, nil
}

func (d *disturber) remove(ctx context.Context, path string) error {
	status, content, err := d.cluster.Ask(ctx, http.MethodDelete, path, "", "")
	if err == nil && status != http.StatusOK && status != http.StatusAccepted && status != http.StatusNotFound {
		err = fmt.Errorf("DELETE %s: %d: %s", path, status, content)
	}
	return err
}

const namespace = "/api/v1/namespaces/preflight/"

// rotateTokens replaces the token every few seconds. Each token is bound to its own
// Secret, which is deleted two rotations later: the server then answers 401.
func (d *disturber) rotateTokens(ctx context.Context) error {
	for number := 1; ctx.Err() == nil; number++ {
		err := persist(ctx, func() error { return d.newToken(ctx, number) })
		if err != nil {
			return err
		}
		d.tokens.Add(1)
		if old := number - 2; old >= 0 {
			if err := persist(ctx, func() error { return d.remove(ctx, fmt.Sprintf("%ssecrets/token-%d", namespace, old)) }); err != nil {
				return err
			}
		}
		pause(ctx, 2*time.Second, 4*time.Second)
	}
	return nil
}

func (d *disturber) newToken(ctx context.Context, number int) error {
	secret := fmt.Sprintf("token-%d", number)
	if _, err := d.post(ctx, namespace+"secrets", `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "`+secret+`"}}`); err != nil {
		return err
	}
	content, err := d.post(ctx, namespace+"serviceaccounts/preflight/token", `{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
		"spec": {"boundObjectRef": {"apiVersion": "v1", "kind": "Secret", "name": "`+secret+`"}}}`)
	if err != nil {
		return err
	}
	var answer struct{ Status struct{ Token string } }
	if err := json.Unmarshal(content, &answer); err != nil {
		return err
	}
	if answer.Status.Token == "" {
		return fmt.Errorf("TokenRequest gives no token: %s", content)
	}
	return d.set("token", answer.Status.Token)
}

// changeServer alternates between restarting the server and replacing its authority.
// What comes first happens in the shortest soak too.
func (d *disturber) changeServer(ctx context.Context) error {
	ca := d.cluster.CA
	for {
		for _, change := range []func() error{
			func() error { return d.announce(ctx, &ca) },
			func() error { return d.restart(ctx, syscall.SIGTERM, &d.terminated) },
			func() error { return d.announce(ctx, &ca) },
			func() error { return d.replaceLate(ctx, &ca) },
			func() error { return d.restart(ctx, syscall.SIGKILL, &d.killed) },
		} {
			pause(ctx, 2*time.Second, 5*time.Second)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := change(); err != nil {
				return err
			}
		}
	}
}

// announce replaces the authority properly: the CA file has both before the server
// gets a certificate from the new one. No client may notice.
func (d *disturber) announce(ctx context.Context, ca **cluster.Authority) error {
	next, err := cluster.NewAuthority("next")
	if err != nil {
		return err
	}
	if err := d.set("ca.crt", string((*ca).PEM)+string(next.PEM)); err != nil {
		return err
	}
	if err := d.serveBy(ctx, *ca, next); err != nil {
		return err
	}
	*ca = next
	d.announced.Add(1)
	return d.set("ca.crt", string(next.PEM))
}

// replaceLate replaces the authority, but the CA file only after the server has a
// certificate from the new one.
func (d *disturber) replaceLate(ctx context.Context, ca **cluster.Authority) error {
	next, err := cluster.NewAuthority("unannounced")
	if err != nil {
		return err
	}
	d.truth.begin(untrusted)
	defer d.truth.end(untrusted)
	if err := d.serveBy(ctx, *ca, next); err != nil {
		return err
	}
	pause(ctx, 500*time.Millisecond, time.Second)
	*ca = next
	d.late.Add(1)
	return d.set("ca.crt", string(next.PEM))
}

// serveBy gives the server a certificate from the next authority, and waits until the
// server uses it.
func (d *disturber) serveBy(ctx context.Context, last, next *cluster.Authority) error {
	if err := d.cluster.Trust(last, next); err != nil {
		return err
	}
	if err := d.cluster.UseCertificate(next, cluster.Hosts()...); err != nil {
		return err
	}
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: next.Pool(), MinVersion: tls.VersionTLS12}}
	return persist(ctx, func() error {
		connection, err := dialer.DialContext(ctx, "tcp", d.cluster.Address)
		if err != nil {
			return err
		}
		return connection.Close()
	})
}

// restart ends the server and starts it again, and waits until it serves everything
// again.
func (d *disturber) restart(ctx context.Context, signal syscall.Signal, count *atomic.Int64) error {
	d.calm.Lock()
	defer d.calm.Unlock()
	d.truth.begin(restarting)
	defer d.truth.end(restarting)
	if err := d.cluster.Restart(ctx, signal); err != nil {
		return err
	}
	count.Add(1)
	return d.whole(ctx)
}

// whole waits until the server serves everything that should be there.
func (d *disturber) whole(ctx context.Context) error {
	return persist(ctx, func() error {
		if err := d.observe(ctx, "widgets.example.com", true); err != nil {
			return err
		}
		for name, f := range d.truth.look().facts {
			if name == always || name == unknowable || !f.settled {
				continue
			}
			if err := d.observe(ctx, name, f.present); err != nil {
				return err
			}
		}
		return nil
	})
}

// String returns what was done, as lines of the soak's report.
func (d *disturber) String() string {
	return fmt.Sprintf(`%8d tokens, each refused two rotations later
%8d authorities replaced, with a bundle in between
%8d authorities replaced, with the CA file behind
%8d restarts by SIGTERM, %d by SIGKILL
%8d CRDs created, %d deleted
`, d.tokens.Load(), d.announced.Load(), d.late.Load(), d.terminated.Load(), d.killed.Load(), d.created.Load(), d.deleted.Load())
}

// problems returns what did not happen, and so was not tested.
func (d *disturber) problems() []string {
	var problems []string
	for what, times := range map[string]int64{
		"no token was refused": d.tokens.Load() - 1, "no authority was replaced": d.announced.Load(),
		"the server never restarted": d.terminated.Load(), "no CRD came and went": min(d.created.Load(), d.deleted.Load()),
	} {
		if times < 1 {
			problems = append(problems, what)
		}
	}
	slices.Sort(problems)
	return problems
}
