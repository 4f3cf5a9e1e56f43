package cli_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// undetermined runs kreconcile apply, with a JSON document in a file. It expects exit
// code 3, and one reason and a hint in both. The arguments follow the code, the message and the hint;
// * in the message is any text. Standard error may only mention further attempts, and
// the token must not appear.
func undetermined(ts *testscript.TestScript, _ bool, args []string) {
	code, message, hint, args := args[0], args[1], args[2], append([]string{"apply", "-o", "text", "-o", "json=" + refusal}, args[3:]...)
	o := runScript(ts, "", args)
	if o.Code != 3 {
		ts.Fatalf("it exits with %d, not 3", o.Code)
	}
	check := func(document string) {
		if strings.Contains(document+o.Stderr, token) {
			ts.Fatalf("the token is shown")
		}
		for line := range strings.Lines(o.Stderr) {
			if !strings.HasPrefix(line, "Trying again: ") {
				ts.Fatalf("standard error has %q", line)
			}
		}
	}
	check(o.Stdout)
	found := false
	lines := strings.Split(o.Stdout, "\n")
	for i, line := range lines {
		said, is := strings.CutPrefix(line, "  ? could not be determined: ")
		if !is {
			continue
		}
		found = true
		if !matches(message, said) || lines[i+1] != "      hint: "+hint {
			ts.Fatalf("it says\n%s\n%s", line, lines[i+1])
		}
	}
	if !found {
		ts.Fatalf("nothing could not be determined:\n%s", o.Stdout)
	}

	written := ts.ReadFile(refusal)
	ts.Check(os.Remove(ts.MkAbs(refusal)))
	check(written)
	var got struct {
		ExitCode int `json:"exit_code"`
		Verdict  string
		Targets  []struct {
			Findings []struct {
				Status       string
				Cause        *string
				Undetermined *struct{ Code, Message, Hint string }
			}
		}
	}
	ts.Check(json.Unmarshal([]byte(written), &got))
	if got.ExitCode != 3 || got.Verdict != "undetermined" || len(got.Targets) != 1 || len(got.Targets[0].Findings) == 0 {
		ts.Fatalf("the document has the exit code %d and the verdict %s", got.ExitCode, got.Verdict)
	}
	for _, f := range got.Targets[0].Findings {
		if u := f.Undetermined; f.Status == "drifted" ||
			u != nil && f.Cause == nil && (u.Code != code || u.Hint != hint || !matches(message, u.Message)) {
			ts.Fatalf("a finding is %s: %+v", f.Status, u)
		}
	}
}

// matches reports whether a text matches the pattern, in which * is any text.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(text, parts[0])
	for _, part := range parts[1:] {
		var found bool
		_, rest, found = strings.Cut(rest, part)
		ok = ok && found
	}
	return ok && (rest == "" || strings.HasSuffix(pattern, "*"))
}

// replies makes the server answer a path with a status, a content type and a body
// from now on; pairs of header and value may follow. Negated, it does so only once,
// and then answers as before.
func replies(ts *testscript.TestScript, once bool, args []string) {
	status, err := strconv.Atoi(args[1])
	ts.Check(err)
	step(ts, once, args[0], apitest.Reply(status, args[2], args[3], args[4:]...))
}

func step(ts *testscript.TestScript, once bool, path string, s apitest.Step) {
	if once {
		server(ts).Script(path, s)
		return
	}
	server(ts).Always(path, s)
}

// breaks makes the server break its answers to a path in the named way. Negated, it
// does so only once.
func breaks(ts *testscript.TestScript, once bool, args []string) {
	const v2JSON = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	body := string(apitest.Aggregated(apitest.Stock().Named.Value, "v2"))
	steps := map[string]apitest.Step{
		"reset":        apitest.Reset(),
		"truncated":    apitest.Truncate(len(body)/2, v2JSON, body),
		"short":        apitest.Short(len(body)/2, v2JSON, body),
		"cut-off":      apitest.CutOff(len(body)/2, v2JSON, body),
		"hangs":        apitest.Hang(),
		"drips":        apitest.Drip(20*time.Millisecond, v2JSON, body),
		"bomb":         apitest.Bomb(v2JSON, `{"kind":"APIGroupDiscoveryList","items":[]}`, 1<<30),
		"bomb-version": apitest.Bomb("application/json", `{"major":"1","minor":"36"}`, 1<<30),
		"headers":      apitest.Reply(200, v2JSON, body, "X-Pad", strings.Repeat("a", 40<<10), "X-More", strings.Repeat("a", 40<<10)),
		"goaway":       apitest.LastOfConnection(nil),
		// The server closes the connection. On the next one it has another
		// certificate, of a CA that is in the mounted CA file.
		"rotates": apitest.LastOfConnection(apitest.Then(apitest.Reply(503, "text/plain", "later"), func() { rotate(ts) })),
	}
	s, ok := steps[args[1]]
	if !ok {
		ts.Fatalf("unknown way %q", args[1])
	}
	step(ts, once, args[0], s)
}

func rotate(ts *testscript.TestScript) {
	authority, err := apitest.NewAuthority("rotated")
	ts.Check(err)
	certificate, err := authority.Issue()
	ts.Check(err)
	server(ts).SetCertificate(certificate)
	ts.Check(apitest.WriteVolume(ts.MkAbs("sa"), map[string]string{"token": token, "ca.crt": string(authority.CA()), "namespace": "default"}))
}

// connects says what the server does with its next connections, in order, and with
// all others after "always".
func connects(ts *testscript.TestScript, _ bool, args []string) {
	for i, arg := range args {
		s, ok := map[string]apitest.ConnStep{
			"usual": (*apitest.Conn).Serve, "reset": apitest.ResetConnection(), "hangs-up": apitest.HangUp(), "silent": apitest.Silent(),
			"plaintext": apitest.AnswerInPlaintext(), "smtp": apitest.Say("220 mail.example ESMTP\r\n"), "tls11": apitest.TLS11(),
			"alert":  apitest.Say("\x15\x03\x01\x00\x02\x02\x46"),
			"goaway": apitest.GoAway(0),
		}[arg]
		switch {
		case arg == "always":
		case !ok:
			ts.Fatalf("unknown way %q", arg)
		case i > 0 && args[i-1] == "always":
			server(ts).AlwaysConnection(s)
		default:
			server(ts).ScriptConnections(s)
		}
	}
}

// certificate gives the server another certificate: an expired one, one that is
// notyet valid, one of another CA (whose file is then other.crt), one with a negative
// serial number, one with an unknown critical extension, none, or one for names.
func certificate(ts *testscript.TestScript, _ bool, args []string) {
	authority, adjust := server(ts).Authority(), []func(*x509.Certificate){}
	switch args[0] {
	case "expired":
		adjust = append(adjust, apitest.Expired(time.Now()))
	case "notyet":
		adjust = append(adjust, apitest.NotYetValid(time.Now()))
	case "critical":
		adjust = append(adjust, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Critical: true, Value: []byte{5, 0}}}
		})
	case "negative", "none":
	case "other":
		var err error
		authority, err = apitest.NewAuthority("other CA")
		ts.Check(err)
		ts.Check(apitest.WriteVolume(ts.MkAbs("other"), map[string]string{"ca.crt": string(authority.CA())}))
	default:
		adjust = append(adjust, apitest.For(args...))
	}
	issued, err := authority.Issue(adjust...)
	ts.Check(err)
	switch args[0] {
	case "negative":
		issued.Certificate[0] = apitest.NegativeSerial(issued.Certificate[0])
	case "none":
		issued.Certificate = nil
	}
	server(ts).SetCertificate(issued)
}

// targets starts two more servers, $TARGET with TLS and $PLAINTARGET without.
// Negated, it expects that nobody has connected to them.
func targets(ts *testscript.TestScript, untouched bool, _ []string) {
	s := server(ts)
	if untouched {
		for _, target := range s.targets {
			if n := target.Connections(); n != 0 {
				ts.Fatalf("%s has %d connections", target.URL(), n)
			}
		}
		return
	}
	for name, options := range map[string][]apitest.Option{"TARGET": nil, "PLAINTARGET": {apitest.Plaintext()}} {
		target, err := apitest.Start(apitest.Stock(), options...)
		ts.Check(err)
		ts.Defer(target.Close)
		ts.Setenv(name, target.URL())
		s.targets = append(s.targets, target)
	}
}

// proxied starts an HTTP proxy to the server, with $PROXY as its address, that
// requires a user and a password if these are given. "asked" expects that the proxy
// was asked exactly for what follows since the last such command. With "refuses", the
// proxy answers each request with a status line, with "says" with a text that is no
// HTTP, and with "hangs" not at all; negated, only the next one.
func proxied(ts *testscript.TestScript, once bool, args []string) {
	s := server(ts)
	if len(args) > 0 && args[0] == "asked" {
		asked := s.proxy.Asked()
		if diff := cmp.Diff(args[1:], asked[s.proxySeen:]); diff != "" {
			ts.Fatalf("the proxy was asked (-want +got):\n%s", diff)
		}
		s.proxySeen = len(asked)
		return
	}
	if len(args) > 0 {
		step := map[string]func() apitest.ProxyStep{
			"refuses": func() apitest.ProxyStep { return apitest.ProxyRefuses(args[1]) },
			"says":    func() apitest.ProxyStep { return apitest.ProxySays(args[1]) },
			"hangs":   apitest.ProxyHangs,
		}[args[0]]
		switch {
		case step != nil && once:
			s.proxy.Script(step())
			return
		case step != nil:
			s.proxy.Always(step())
			return
		}
	}
	s.proxy = apitest.StartProxy(s.Server)
	ts.Defer(s.proxy.Close)
	if len(args) == 2 {
		s.proxy.Want(args[0], args[1])
	}
	ts.Setenv("PROXY", strings.TrimPrefix(s.proxy.URL(), "http://"))
}

// anonymous expects that no request had credentials.
func anonymous(ts *testscript.TestScript, _ bool, _ []string) {
	for _, r := range server(ts).Requests() {
		if r.Credentials != "" {
			ts.Fatalf("%s came with %q", r.Path, r.Credentials)
		}
	}
}

// token is the token of a script's service account.
const token = "s3cr3t-token"
