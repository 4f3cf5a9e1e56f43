package wire

import (
	"bytes"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

// RefusalMessage gives what a server says in the body of an answer that is not
// 200: the message of a Status where it is one, else the text itself, quoted and
// cut. It is empty where the body is.
//
// Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
func RefusalMessage(body []byte) string {
	if message := statusMessage(body); message != "" {
		return message
	}
	if said := strings.TrimSpace(string(body)); said != "" {
		return text.Quote(said)
	}
	return ""
}

// statusMessage gives the message of a Status, and nothing where the body is not
// one.
func statusMessage(body []byte) string {
	w := jsonwalk.New(bytes.NewReader(body), jsonwalk.Limits{})
	if !w.Root() {
		return ""
	}
	var kind, message string
	c := &codec{In: w}
	c.Object(func() {
		c.Text("kind", &kind, 0)
		c.Text("message", &message, 0)
	})
	if w.End() != nil || kind != "Status" {
		return ""
	}
	return message
}

// RefusedUser gives the user that a server's own message says it refused: the text of a
// kube-apiserver is
//
//	forbidden: User "system:serviceaccount:shop:default" cannot get path "/apis"
func RefusedUser(message string) string {
	_, rest, found := strings.Cut(message, `orbidden: User "`)
	name, _, closed := strings.Cut(rest, `" cannot `)
	if !found || !closed {
		return ""
	}
	return name
}

// FailedChecks gives the checks that GET /readyz lists as failed, such as
// "etcd" of the line "[-]etcd failed: reason withheld".
//
// Source: https://kubernetes.io/docs/reference/using-api/health-checks/
func FailedChecks(body []byte) []string {
	var checks []string
	for line := range strings.Lines(string(body)) {
		check, found := strings.CutPrefix(strings.TrimSpace(line), "[-]")
		if !found {
			continue
		}
		check, _, found = strings.Cut(check, " failed")
		if found && check != "" {
			checks = append(checks, check)
		}
	}
	return checks
}
