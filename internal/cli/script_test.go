package cli_test

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestScripts runs kreconcile as its users do. It adds these commands to
// testscript's own:
//
//	apiserver [plaintext] [plain] [PATH]
//	                                start an API server like a stock one, under a path
//	                                if there is one; sets $SA to its service account
//	                                folder, $SERVER to its URL, $ADDRESS to host:port
//	pod                             set the environment of a Pod of that server
//	lacks GROUPVERSION [RESOURCE]   remove something from what it serves
//	stale GROUPVERSION              make it stale
//	answers PATH STATUS [TEXT]      answer a path with a status from now on
//	allows [QUESTION...]            allow only this from now on, such as
//	                                'get pods/log default' or 'get /metrics'; sets
//	                                $REVIEWS to the path of access reviews
//	usual PATH...                   answer paths as usual again
//	requests [once] [connections=N] [notmodified=N] [PATH...]
//	                                expect these requests since the last such command;
//	                                once: over one connection with one handshake
//	[!] replies PATH STATUS TYPE BODY [NAME VALUE...]
//	                                answer a path with this; negated, once only
//	[!] breaks PATH WAY             break the answers to a path; negated, once only
//	connects [WAY...] [always WAY]  do this with the next connections
//	certificate WHAT                use another certificate: expired, notyet, other,
//	                                negative, critical, none, or one for names
//	[!] targets                     start $TARGET and $PLAINTARGET, where redirects
//	                                lead; negated, expect that they are untouched
//	proxied [USER PASSWORD]         start an HTTP proxy to it, with $PROXY as its address
//	proxied asked [WHAT...]         expect that the proxy was asked for this
//	[!] proxied refuses STATUS      make it answer with a status; negated, once only
//	[!] proxied says TEXT           make it answer with a text that is no HTTP
//	[!] proxied hangs               make it answer nothing at all
//	anonymous                       expect that no request had credentials
//	undetermined CODE MESSAGE HINT [ARG...]
//	                                run kreconcile apply, which exits with 3 and says why
//	exits CODE COMMAND [ARG...]     run a command that exits with a code; kreconcile runs
//	                                in a worker, with < FILE as standard input
//	refuses SUMMARY DETAIL [ARG...] run kreconcile apply, which exits with 1 and says
//	                                only that, as text and as JSON
//	[!] impatient                   from here on, run a kreconcile that tries a request
//	                                again at once; negated, the real program, as at first
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TERM", "xterm")
			env.Values[serverKey{}] = &served{}
			return patient(env.Setenv)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"apiserver": startServer, "pod": pod, "lacks": lacks, "stale": stale, "answers": answers, "requests": requests,
			"exits": exits, "allows": allows, "usual": usual, "refuses": refuses,
			"undetermined": undetermined, "replies": replies, "breaks": breaks, "connects": connects, "certificate": certificate,
			"targets": targets, "proxied": proxied, "anonymous": anonymous, "impatient": impatience,
		},
	})
}

// patient makes kreconcile the real program, as cmd/kreconcile builds it. Under the race
// detector it is the test's own, which the detector watches.
func patient(set func(name, value string)) error {
	set("IMPATIENT", "")
	if raced {
		return nil
	}
	program, err := buildOnce()
	set("PATH", filepath.Dir(program)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return err
}

// impatience makes kreconcile the test's own, which tries again at once.
func impatience(ts *testscript.TestScript, neg bool, _ []string) {
	if neg {
		ts.Check(patient(ts.Setenv))
		return
	}
	ts.Setenv("PATH", os.Getenv("PATH"))
	ts.Setenv("IMPATIENT", "1")
}

type serverKey struct{}

// served is the server of a script.
type served struct {
	*apitest.Server
	// seen, connections and handshakes are the numbers at the last look.
	seen, connections, handshakes int
	// targets are where redirects lead.
	targets []*apitest.Server
	proxy   *apitest.Proxy
	// proxySeen is the number of requests to the proxy at the last look.
	proxySeen int
}

func server(ts *testscript.TestScript) *served {
	s := ts.Value(serverKey{}).(*served)
	if s.Server == nil {
		ts.Fatalf("there is no apiserver yet")
	}
	return s
}

func startServer(ts *testscript.TestScript, _ bool, args []string) {
	options := []apitest.Option{apitest.Token(token)}
	for _, arg := range args {
		if strings.HasPrefix(arg, "/") {
			options = append(options, apitest.Behind(arg))
			continue
		}
		switch arg {
		case "plaintext":
			options = []apitest.Option{apitest.Plaintext()}
		case "plain":
			options = append(options, apitest.Forms(apitest.Plain))
		default:
			ts.Fatalf("unknown option %q", arg)
		}
	}
	s, err := apitest.Start(apitest.Stock(), options...)
	ts.Check(err)
	ts.Defer(s.Close)
	ts.Check(s.WriteServiceAccount(ts.MkAbs("sa")))
	ts.Setenv("SA", ts.MkAbs("sa"))
	ts.Setenv("SERVER", s.URL())
	_, address, _ := strings.Cut(s.URL(), "://")
	address, _, _ = strings.Cut(address, "/")
	ts.Setenv("ADDRESS", address)
	ts.Value(serverKey{}).(*served).Server = s
}

func pod(ts *testscript.TestScript, _ bool, _ []string) {
	environ, err := server(ts).Environ()
	ts.Check(err)
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		ts.Setenv(name, value)
	}
}

func lacks(ts *testscript.TestScript, _ bool, args []string) {
	change(ts, args[0], func(g *discovery.Group, i int) {
		if len(args) == 1 {
			g.Versions = slices.Delete(g.Versions, i, i+1)
			return
		}
		resources := &g.Versions[i].Resources.Value
		*resources = slices.DeleteFunc(*resources, func(r discovery.Resource) bool { return r.Name == args[1] })
	})
}

func stale(ts *testscript.TestScript, _ bool, args []string) {
	change(ts, args[0], func(g *discovery.Group, i int) { g.Versions[i].Freshness = kubeapi.FreshnessStale })
}

// change changes one version of one group on the server.
func change(ts *testscript.TestScript, apiVersion string, f func(group *discovery.Group, version int)) {
	gv, err := kubeapi.ParseGroupVersion(apiVersion)
	ts.Check(err)
	s := apitest.Stock()
	groups := []*discovery.Group{&s.Core.Value}
	for i := range s.Named.Value {
		groups = append(groups, &s.Named.Value[i])
	}
	for _, g := range groups {
		i := slices.IndexFunc(g.Versions, func(v discovery.Version) bool { return v.Name == gv.Version })
		if g.Name == gv.Group && i >= 0 {
			f(g, i)
			server(ts).SetSnapshot(s)
			return
		}
	}
	ts.Fatalf("%s is not served", apiVersion)
}

func answers(ts *testscript.TestScript, _ bool, args []string) {
	status, err := strconv.Atoi(args[1])
	ts.Check(err)
	server(ts).Always(args[0], apitest.Refuse(status, "Reason", strings.Join(args[2:], " ")))
}

// allows makes the server allow what is listed, such as "get pods/log default" or
// "get /metrics", and nothing else.
func allows(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("REVIEWS", apitest.ReviewPath)
	server(ts).Allow(func(r discovery.Review) discovery.ReviewAnswer {
		name := r.Resource
		if r.Group != "" {
			name += "." + r.Group
		}
		if r.Subresource != "" {
			name += "/" + r.Subresource
		}
		question := strings.TrimSpace(strings.Join([]string{r.Verb, name + r.Path, r.Namespace}, " "))
		if slices.Contains(args, question) {
			return discovery.ReviewAnswer{Allowed: true}
		}
		return discovery.ReviewAnswer{Reason: "no rule"}
	})
}

// usual makes the server answer paths as usual again.
func usual(ts *testscript.TestScript, _ bool, args []string) {
	for _, path := range args {
		server(ts).Always(path, nil)
	}
}

func requests(ts *testscript.TestScript, _ bool, args []string) {
	s := server(ts)
	once := len(args) > 0 && args[0] == "once"
	if once {
		args = args[1:]
	}
	counted := map[string]int{}
	for len(args) > 0 && !strings.HasPrefix(args[0], "/") {
		name, text, _ := strings.Cut(args[0], "=")
		n, err := strconv.Atoi(text)
		ts.Check(err)
		counted[name] = n
		args = args[1:]
	}
	var got []string
	notModified := 0
	for _, r := range s.Requests()[s.seen:] {
		got = append(got, r.Path)
		if r.Status == http.StatusNotModified {
			notModified++
		}
	}
	s.seen += len(got)
	slices.Sort(got)
	slices.Sort(args)
	if !slices.Equal(got, args) {
		ts.Fatalf("the server was asked for %q", got)
	}
	connections, handshakes := s.Connections()-s.connections, s.Handshakes()-s.handshakes
	s.connections += connections
	s.handshakes += handshakes
	if want, ok := counted["connections"]; ok && (connections != want || handshakes != want) {
		ts.Fatalf("there were %d connections and %d handshakes", connections, handshakes)
	}
	if want, ok := counted["notmodified"]; ok && notModified != want {
		ts.Fatalf("%d answers were 304", notModified)
	}
	if once && (connections != 1 || handshakes != 1) {
		ts.Fatalf("there were %d connections and %d handshakes", connections, handshakes)
	}
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitCode(ts, args[1:]); got != want {
		ts.Fatalf("it exits with %d, not %d", got, want)
	}
}

func exitCode(ts *testscript.TestScript, command []string) int {
	if command[0] == "kreconcile" {
		stdin := ""
		if n := len(command) - 2; n > 0 && command[n] == "<" {
			command, stdin = command[:n], ts.ReadFile(command[n+1])
		}
		return runScript(ts, stdin, command[1:]).Code
	}
	var exit *exec.ExitError
	if err := ts.Exec(command[0], command[1:]...); errors.As(err, &exit) {
		return exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	return 0
}
