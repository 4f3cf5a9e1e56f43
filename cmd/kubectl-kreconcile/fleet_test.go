package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

// peakVariable makes the test binary run its arguments, and write their peak memory to the file
// that it names.
const peakVariable = "KRECONCILE_TEST_PEAK"

func TestMain(m *testing.M) {
	if file := os.Getenv(peakVariable); file != "" {
		os.Exit(peak(file, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// peak writes the peak memory of a program to a file, in KiB. A process begins with the memory of
// its parent, so a test, which is large by then, cannot measure this itself.
func peak(file string, args []string) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		panic(err)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		panic("no usage")
	}
	if err := os.WriteFile(file, fmt.Append(nil, usage.Maxrss), 0o600); err != nil {
		panic(err)
	}
	return cmd.ProcessState.ExitCode()
}

// The limits of the run, and the slack that a busy machine gets.
const (
	passLimit, requestLimit = 8 * time.Second, 4 * time.Second
	slack                   = 20 * time.Second
	memoryLimit             = 100 << 10 // KiB
)

// Each of the servers has many contexts, with a cluster, a user and a token of their own.
const servers = 40

// needs holds on most servers. The group apps is missing on some.
const needs = `api "v1" {
  resource "pods" {}
}
api "apps/v1" {
  kind "Deployment" {
    field "spec.replicas" {}
  }
}
`

// member is a context, and what is expected of it.
type member struct {
	token, verdict string
	server         *apitest.Server // nil if nothing listens
}

// slowServer accepts connections and says nothing. It knows when it was first asked.
type slowServer struct {
	*apitest.Server
	mu    sync.Mutex
	asked time.Time
}

func newSlowServer(t *testing.T) *slowServer {
	t.Helper()
	s := &slowServer{Server: apitest.New(t, apitest.Stock())}
	s.AlwaysConnection(func(c *apitest.Conn) {
		s.mu.Lock()
		if s.asked.IsZero() {
			s.asked = time.Now()
		}
		s.mu.Unlock()
		apitest.Silent()(c)
	})
	return s
}

func (s *slowServer) firstAsked() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// fleet is a kubeconfig with many contexts, some of them dead and some slow.
type fleet struct {
	config  *clientcmdapi.Config
	members map[string]member
	slow    map[string]*slowServer
}

// newFleet has n contexts. One of 50 is dead, and one of 100 is slow.
func newFleet(t *testing.T, n int) *fleet {
	t.Helper()
	f := &fleet{config: clientcmdapi.NewConfig(), members: map[string]member{}, slow: map[string]*slowServer{}}
	schemas := apitest.Schemas{"apis/apps/v1": largeSchema()}
	var list []*apitest.Server
	for i := range servers {
		s := apitest.Stock()
		if lacksApps(i) {
			s.Named.Value = slices.DeleteFunc(s.Named.Value, func(g discovery.Group) bool { return g.Name == "apps" })
		}
		server := apitest.New(t, s)
		server.SetSchemas(schemas)
		list = append(list, server)
	}
	for i := range n {
		name := fmt.Sprintf("c%03d", i)
		m := member{token: fmt.Sprintf("s3cr3t-of-%s-alone", name), verdict: "undetermined"}
		cluster := &clientcmdapi.Cluster{}
		switch {
		case i%50 == 7:
			cluster.Server, cluster.CertificateAuthorityData = "https://"+apitest.UnusedAddress, list[0].CA()
		case i%100 == 13:
			slow := newSlowServer(t)
			f.slow[name] = slow
			cluster.Server, cluster.CertificateAuthorityData = slow.URL(), slow.CA()
		default:
			at := i % servers
			m.server, m.verdict = list[at], "satisfied"
			if lacksApps(at) {
				m.verdict = "drifted"
			}
			cluster.Server, cluster.CertificateAuthorityData = m.server.URL(), m.server.CA()
		}
		f.members[name] = m
		f.config.Clusters[name] = cluster
		f.config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: m.token}
		f.config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	}
	return f
}

func lacksApps(server int) bool { return server%10 == 5 }

// largeSchema is as large as a real server's document of apps/v1.
func largeSchema() string {
	schemas := []string{apitest.KindSchema("apps", "v1", "Deployment",
		`"type":"object","properties":{"spec":{"type":"object","properties":{"replicas":{"type":"integer"}}}}`)}
	for i := range 500 {
		schemas = append(schemas, fmt.Sprintf(`"filler%d":{"type":"object","properties":{"a":{"type":"string","description":%q}}}`, i, strings.Repeat("long ", 250)))
	}
	return apitest.OpenAPI(schemas...)
}

// build builds the program as the Makefile does.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "kubectl-kreconcile")
	cmd := exec.CommandContext(t.Context(), "make", "-C", filepath.Join("..", ".."), "plugin", "binary="+program)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make plugin: %v\n%s", err, out)
	}
	return program
}

// outcome is how the program ended.
type outcome struct {
	code, peak     int
	took           time.Duration
	stdout, stderr string
	// ended says when the verdict of a context was printed.
	ended map[string]time.Time
}

// judge runs the program over all contexts.
func (f *fleet) judge(t *testing.T, program string, args ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	config, declaration, file := filepath.Join(dir, "config"), filepath.Join(dir, "main.hcl"), filepath.Join(dir, "peak")
	if err := clientcmd.WriteToFile(*f.config, config); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(declaration, []byte(needs), 0o600); err != nil {
		t.Fatal(err)
	}
	this, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	all := append([]string{
		program, "apply", "--all-contexts", "--kubeconfig", config, "-o", "json", "--timeout", passLimit.String(), "--request-timeout", requestLimit.String(),
	}, args...)
	cmd := exec.CommandContext(t.Context(), this, append(all, declaration)...)
	cmd.Env = []string{peakVariable + "=" + file, "HOME=" + dir}
	var stdout, stderr strings.Builder
	cmd.Stdout = &stdout
	lines, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	o := outcome{ended: map[string]time.Time{}}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for scanner := bufio.NewScanner(io.TeeReader(lines, &stderr)); scanner.Scan(); {
		name, _, _ := strings.Cut(scanner.Text(), ": ")
		o.ended[name] = time.Now()
	}
	if err := cmd.Wait(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	o.took, o.code, o.stdout, o.stderr = time.Since(began), cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, o.stderr)
	}
	if o.peak, err = strconv.Atoi(string(text)); err != nil {
		t.Fatal(err)
	}
	return o
}

// expect checks the verdict of each context, where each token went, the time of the slow servers, and the memory.
func (f *fleet) expect(t *testing.T, o outcome) {
	t.Helper()
	var document struct {
		Targets []struct {
			Name, Verdict string
			Connection    struct{ Context string }
		}
	}
	if err := json.Unmarshal([]byte(o.stdout), &document); err != nil {
		t.Fatalf("exit %d, %v\n%s", o.code, err, o.stderr)
	}
	if o.code != 2 || len(document.Targets) != len(f.members) {
		t.Errorf("exit %d with %d targets", o.code, len(document.Targets))
	}
	for _, target := range document.Targets {
		if want := f.members[target.Name].verdict; target.Verdict != want || target.Connection.Context != target.Name {
			t.Errorf("%s is %s, not %s", target.Name, target.Verdict, want)
		}
	}
	own := map[*apitest.Server][]string{}
	for _, m := range f.members {
		own[m.server] = append(own[m.server], "Bearer "+m.token)
	}
	delete(own, nil)
	for server, tokens := range own {
		for _, r := range server.Requests() {
			if !slices.Contains(tokens, r.Credentials) {
				t.Fatalf("a server got %q", r.Credentials)
			}
		}
	}
	if strings.Contains(o.stdout+o.stderr, "s3cr3t") {
		t.Error("the output shows a token")
	}
	for name, server := range f.slow {
		if took := o.ended[name].Sub(server.firstAsked()); took > passLimit+slack || o.ended[name].IsZero() {
			t.Errorf("%s took %s, and the limit is %s", name, took, passLimit)
		}
	}
	if o.peak > memoryLimit {
		t.Errorf("%d KiB of memory", o.peak)
	}
}

// One run judges hundreds of clusters, with little memory. Dead and slow ones get a verdict, too.
func TestHundredsOfClusters(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skipf("the peak of a process's memory is not in KiB on %s", runtime.GOOS)
	}
	program := build(t)
	for _, n := range []int{100, 250, 500} {
		f := newFleet(t, n)
		o := f.judge(t, program)
		t.Logf("%d contexts, %d of them slow: %s, %d MiB", n, len(f.slow), o.took.Round(10*time.Millisecond), o.peak>>10)
		f.expect(t, o)
	}
}
