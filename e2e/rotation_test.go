package e2e

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/inclusterauth"
)

// clock is a clock that only the test moves.
type clock struct {
	sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.now = c.now.Add(d)
}

// config returns inclusterauth's connection for a Pod with this account.
func (a *account) config(t *testing.T, now func() time.Time) *inclusterauth.Config {
	t.Helper()
	config, err := inclusterauth.Load(inclusterauth.Options{
		Dir: a.volume.Dir, Now: now,
		Getenv: func(name string) string {
			for _, entry := range a.env {
				if value, ok := strings.CutPrefix(entry, name+"="); ok {
					return value
				}
			}
			return ""
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// TestRotation replaces the token and the CA while one client continues to ask.
func TestRotation(t *testing.T) {
	t.Parallel()
	c := unsettled(t, setup{})
	a := newAccount(t, c)
	now := &clock{now: time.Now()}
	config := a.config(t, now.Now)
	client := config.Client()
	url := config.BaseURL().String()
	ask := func(t *testing.T) string {
		t.Helper()
		id, err := whoAmI(t.Context(), client, url)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}

	t.Run("a token is read again after 50 seconds", func(t *testing.T) {
		first := ask(t)
		a.set(t, "token", newToken(t, c, forAnHour))
		now.advance(49 * time.Second)
		if again := ask(t); again != first {
			t.Errorf("after 49 s the credential is %s, want still %s", again, first)
		}
		now.advance(2 * time.Second)
		if second := ask(t); second == first {
			t.Errorf("after 51 s the credential is still %s", second)
		}
	})

	t.Run("a token that is revoked is replaced without an error", func(t *testing.T) {
		err := c.Apply(t.Context(), "{apiVersion: v1, kind: Secret, metadata: {name: bound, namespace: preflight}}")
		if err != nil {
			t.Fatal(err)
		}
		a.set(t, "token", newToken(t, c, untilSecretGoes))
		now.advance(51 * time.Second)
		bound := ask(t)
		// The client does not read the file yet.
		a.set(t, "token", newToken(t, c, forAnHour))
		if again := ask(t); again != bound {
			t.Fatalf("the credential is %s, want still %s", again, bound)
		}
		if _, err := c.Kubectl(t.Context(), "", "delete", "secret", "bound", "--namespace=preflight"); err != nil {
			t.Fatal(err)
		}
		// The server accepts the token for 10 more seconds, and then answers 401.
		eventually(t, 30*time.Second, func() error {
			if id := ask(t); id == bound {
				return errors.New("the server still takes the revoked token")
			}
			return nil
		})
	})

	t.Run("a token that is refused and unchanged stays refused", func(t *testing.T) {
		good := a.files["token"]
		a.set(t, "token", newToken(t, c, forVault))
		now.advance(51 * time.Second)
		_, err := whoAmI(t.Context(), client, url)
		if want := "401 Unauthorized"; err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("error %v, want %q", err, want)
		}
		a.set(t, "token", good)
		ask(t)
	})

	t.Run("a CA bundle is replaced before the server's certificate", func(t *testing.T) {
		next := newAuthority(t)
		a.set(t, "ca.crt", string(c.CA.PEM)+string(next.PEM))
		now.advance(51 * time.Second)
		if err := c.UseCertificate(next, cluster.Hosts()...); err != nil {
			t.Fatal(err)
		}
		eventually(t, 10*time.Second, func() error {
			client.CloseIdleConnections()
			ask(t)
			return servedBy(c.Address, next)
		})
		client.CloseIdleConnections()
		ask(t)
	})

	t.Run("a CA bundle is replaced after the server's certificate", func(t *testing.T) {
		next := newAuthority(t)
		if err := c.UseCertificate(next, cluster.Hosts()...); err != nil {
			t.Fatal(err)
		}
		eventually(t, 10*time.Second, func() error { return servedBy(c.Address, next) })
		client.CloseIdleConnections()
		_, err := whoAmI(t.Context(), client, url)
		if _, ok := errors.AsType[*inclusterauth.CertificateError](err); !ok {
			t.Fatalf("error %v, want a *CertificateError", err)
		}
		a.set(t, "ca.crt", string(next.PEM))
		ask(t)
	})

	t.Run("a CA bundle that is no bundle leaves the last good one", func(t *testing.T) {
		a.set(t, "ca.crt", "not a certificate")
		now.advance(51 * time.Second)
		client.CloseIdleConnections()
		ask(t)
	})
}

var (
	forAnHour = authenticationv1.TokenRequestSpec{}
	// forVault asks for a token that the API server does not accept.
	forVault = authenticationv1.TokenRequestSpec{Audiences: []string{"vault"}}
	// untilSecretGoes asks for a token that ends with a Secret.
	untilSecretGoes = authenticationv1.TokenRequestSpec{
		BoundObjectRef: &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Secret", Name: "bound"},
	}
)

func newToken(t *testing.T, c *cluster.Cluster, spec authenticationv1.TokenRequestSpec) string {
	t.Helper()
	token, err := c.TokenWith(t.Context(), "preflight", "preflight", spec)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func newAuthority(t *testing.T) *cluster.Authority {
	t.Helper()
	authority, err := cluster.NewAuthority("next")
	if err != nil {
		t.Fatal(err)
	}
	return authority
}

// servedBy returns an error if another authority signed the server's certificate.
func servedBy(address string, authority *cluster.Authority) error {
	connection, err := tls.Dial("tcp", address, &tls.Config{RootCAs: authority.Pool(), MinVersion: tls.VersionTLS12})
	if err != nil {
		return err
	}
	return connection.Close()
}

// whoAmI asks the server for the identifier of the token in the request.
func whoAmI(ctx context.Context, client *http.Client, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	body := strings.NewReader(`{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/apis/authentication.k8s.io/v1/selfsubjectreviews", body)
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("SelfSubjectReview: %s: %s", response.Status, content)
	}
	var review struct {
		Status struct {
			UserInfo struct {
				Extra map[string][]string `json:"extra"`
			} `json:"userInfo"`
		} `json:"status"`
	}
	if err := json.Unmarshal(content, &review); err != nil {
		return "", err
	}
	id := review.Status.UserInfo.Extra["authentication.kubernetes.io/credential-id"]
	if len(id) != 1 {
		return "", fmt.Errorf("SelfSubjectReview: no credential: %s", content)
	}
	return id[0], nil
}
