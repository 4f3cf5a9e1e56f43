package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/e2e/cluster"
)

// apart is a declaration for two API servers of different releases, with the outcome
// of each server alone.
type apart struct {
	name, declaration string
	// older and newer are the exit codes.
	older, newer int
	// same is true if the servers agree on everything that is asked.
	same bool
}

// may reports whether a run may end with the exit code if both servers are behind one
// address: with 0 only if both are satisfied, with 2 only if both drift, and else
// with 3. If oneIsEnough, 0 may also be the answer of a single server.
func (a apart) may(code int, oneIsEnough bool) bool {
	return code == 3 || a.older == a.newer && code == a.older ||
		oneIsEnough && code == 0 && (a.older == 0 || a.newer == 0)
}

const beta = "networking.k8s.io/v1beta1"

// aparts are declarations for two such servers. The older one serves all beta
// versions and lets everybody list pods; the newer one has its defaults.
func aparts() []apart {
	atLeast := `kubernetes(">= ` + minor(newest(), 0) + `")`
	below := `kubernetes("< ` + minor(newest(), 0) + `")`
	cluster := `cluster { kubernetes = ">= ` + minor(newest(), 0) + `" }`
	return []apart{
		{"an API that the older one serves", `api "` + beta + `" {}`, 0, 2, false},
		{"an API that the newer one does not serve", `api "` + beta + `" { served = false }`, 2, 0, false},
		{"a resource that the older one serves", "api \"" + beta + "\" {\n  resource \"ipaddresses\" { verbs = [\"list\"] }\n}", 0, 2, false},
		{"a version that the newer one has", cluster, 2, 0, false},
		{"a field that the older one has", fieldsOf(beta, `kind "IPAddress"`, "spec.parentRef.name"), 0, 2, false},
		{"a permission that the older one grants", listPods, 0, 2, false},

		{"an API of one and a version of the other", `api "` + beta + `" {}` + "\n" + cluster, 2, 2, false},
		{"a field of one and a version of the other", fieldsOf(beta, `kind "IPAddress"`, "spec.parentRef.name") + cluster, 2, 2, false},
		{"a permission of one and a version of the other", listPods + cluster, 2, 2, false},
		{"a permission of one and an API that the other does not serve", listPods + `api "` + beta + `" { served = false }`, 2, 2, false},
		{"a condition that neither meets", condition(`served("` + beta + `") && ` + atLeast), 2, 2, false},
		{"a condition that neither meets, denied", condition(`!served("` + beta + `") && ` + below), 2, 2, false},
		{"a condition with a permission that neither meets", condition(`allowed("list", "pods") && !served("` + beta + `")`), 2, 2, false},
		{"an API that neither serves", `api "policy/v1beta1" {}`, 2, 2, true},

		{"a condition that each meets", condition(`served("` + beta + `") || ` + atLeast), 0, 0, false},
		{"a condition that each meets, denied", condition(`!served("` + beta + `") || ` + below), 0, 0, false},
		{"a condition with a permission that each meets", condition(`allowed("list", "pods") || !served("` + beta + `")`), 0, 0, false},
		{"two conditions that each meets", condition(`served("`+beta+`") == `+below) + strings.Replace(condition(`allowed("list", "pods") != `+atLeast), `"c"`, `"d"`, 1), 0, 0, false},
		{"an API that both serve", "api \"apps/v1\" {\n  resource \"deployments\" {}\n}\ncluster { kubernetes = \">= " + minor(newest(), -1) + "\" }", 0, 0, true},
		{"an API that neither serves, denied", `api "policy/v1beta1" { served = false }`, 0, 0, true},
	}
}

const listPods = `permission "p" {
  verbs     = ["list"]
  resources = ["pods"]
  namespace = "preflight"
}
`

// condition declares one condition.
func condition(expression string) string {
	return "check \"c\" {\n  assert {\n    condition     = " + expression + "\n    error_message = \"It does not hold.\"\n  }\n}\n"
}

// releases are two API servers of different releases, and an account on both.
type releases struct {
	*account
	addresses []string
}

// startReleases starts both with further arguments.
func startReleases(t *testing.T, args ...string) *releases {
	t.Helper()
	older := unsettled(t, setup{args: append([]string{"--runtime-config=api/beta=true"}, args...), previous: true})
	newer := unsettled(t, setup{args: args, like: older})
	err := older.Apply(t.Context(), `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: lists-pods}
rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everybody-lists-pods}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: lists-pods}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated"}]
`)
	if err != nil {
		t.Fatal(err)
	}
	a := newAccount(t, older)
	// Each control plane accepts only its own ServiceAccounts' tokens.
	a.set(t, "token", older.UserToken)
	r := &releases{account: a, addresses: []string{older.Address, newer.Address}}
	r.expectAlone(t, older, newer)
	return r
}

// expectAlone checks that each server alone has the outcome in the table. Otherwise,
// the table would say nothing about both.
func (r *releases) expectAlone(t *testing.T, older, newer *cluster.Cluster) {
	t.Helper()
	for c, want := range map[*cluster.Cluster]func(apart) int{
		older: func(a apart) int { return a.older },
		newer: func(a apart) int { return a.newer },
	} {
		for _, a := range aparts() {
			// The server may take a moment to know a role.
			eventually(t, 20*time.Second, func() error {
				o := r.apply(t, a.declaration, "--server="+c.URL())
				if o.ExitCode != want(a) {
					return fmt.Errorf("%s, %s alone: exit %d, want %d\n%s%s", a.name, o.report.Connection.ServerVersion, o.ExitCode, want(a), o.Stdout, o.Stderr)
				}
				return nil
			})
		}
	}
}

// TestTwoReleases asks two API servers of different releases behind one address, as
// during an upgrade. A verdict must never mix their answers.
func TestTwoReleases(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arg string
		// oneIsEnough is true if a single look may be satisfied by one server: a
		// satisfied declaration takes two requests over one connection, and never
		// meets the other server.
		oneIsEnough bool
	}{
		"HTTP 1.1":          {"--disable-http2-serving=true", false},
		"HTTP 2 and GOAWAY": {"--goaway-chance=0.02", true},
	} {
		t.Run(name, func(t *testing.T) {
			r := startReleases(t, test.arg)
			for _, a := range aparts() {
				t.Run(a.name, func(t *testing.T) {
					t.Parallel()
					r.expectNotMixed(t, a, 20, test.oneIsEnough)
					wait := "--wait=2s"
					if a.same && a.older == 0 {
						// It ends after five passes, for which a busy machine takes longer.
						wait = "--wait=1m"
					}
					r.expectNotMixed(t, a, 1, false, wait, "--interval=100ms", "--consecutive=5")
					r.expectNotMixedSnapshot(t, a)
				})
			}
		})
	}
}

// expectNotMixed runs kreconcile several times with its own balancer, so that the
// connections of a run go to one server after the other.
func (r *releases) expectNotMixed(t *testing.T, a apart, runs int, oneIsEnough bool, args ...string) {
	t.Helper()
	b := balance(t, r.addresses...)
	tally := map[int]int{}
	for i := range runs {
		if i%3 == 2 {
			b.connections.Add(1) // so that not every run begins with the same server
		}
		o := r.apply(t, a.declaration, append(args, "--server=https://"+b.address)...)
		if tally[o.ExitCode]++; !a.may(o.ExitCode, oneIsEnough) && tally[o.ExitCode] == 1 {
			t.Errorf("exit %d, although the servers by themselves give %d and %d\n%s%s", o.ExitCode, a.older, a.newer, o.Stdout, o.Stderr)
		}
		// A wait may end between two passes that each agree with themselves.
		if o.ExitCode == 3 && len(args) == 0 {
			expectUnsettled(t, o)
		}
	}
	t.Logf("exit codes %v over %d connections %s", tally, b.connections.Load(), strings.Join(args, " "))
	if a.same && tally[a.older] <= runs/2 {
		t.Errorf("exit codes %v, want mostly %d: the servers do not differ in it", tally, a.older)
	}
}

// expectNotMixedSnapshot records what a declaration asks about, and judges it by the
// record, which must be that of one server.
func (r *releases) expectNotMixedSnapshot(t *testing.T, a apart) {
	t.Helper()
	b := balance(t, r.addresses...)
	file := declarationFile(t, a.declaration)
	for range 2 {
		snapshot := filepath.Join(t.TempDir(), "cluster.json")
		recorded := r.kreconcile(t, "", "snapshot", "--out", snapshot, "--service-account-dir", r.volume.Dir, "--server=https://"+b.address, file)
		b.connections.Add(1)
		if recorded.ExitCode == 3 {
			continue // it records nothing rather than what differs
		}
		if recorded.ExitCode != 0 {
			t.Fatalf("snapshot: exit %d\n%s", recorded.ExitCode, recorded.Stderr)
		}
		if o := r.apply(t, a.declaration, "--snapshot", snapshot); o.ExitCode != 3 && o.ExitCode != a.older && o.ExitCode != a.newer {
			t.Errorf("exit %d by a snapshot, although the servers by themselves give %d and %d\n%s%s", o.ExitCode, a.older, a.newer, o.Stdout, o.Stderr)
		}
	}
}

// expectUnsettled checks that a run says why it is undetermined.
func expectUnsettled(t *testing.T, o outcome) {
	t.Helper()
	for _, f := range o.report.Findings {
		if f.Undetermined != nil && f.Undetermined.Code == "unsettled" && strings.Contains(f.Undetermined.Message, "the answers differ: ") {
			return
		}
	}
	t.Errorf("nothing says that the answers differ:\n%s", o.Stdout)
}
