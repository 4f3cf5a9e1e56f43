package discovery

import (
	"bytes"
	"strings"
)

// refusalMessage gives what a server says in the body of an answer that is not
// 200: the message of a Status where it is one, else the text itself, quoted and
// cut. It is empty where the body is.
//
// Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
func refusalMessage(body []byte) string {
	if message := statusMessage(body); message != "" {
		return message
	}
	if text := oneLine(string(body)); text != "" {
		return quote(text)
	}
	return ""
}

// statusMessage gives the message of a Status, and nothing where the body is not
// one.
func statusMessage(body []byte) string {
	w := newWalker(bytes.NewReader(body), limits{})
	if w.dec.PeekKind() != '{' {
		return ""
	}
	var kind, message string
	for name := range w.members() {
		switch name {
		case "kind":
			kind = w.text()
		case "message":
			message = w.text()
		default:
			w.skip()
		}
	}
	if w.end() != nil || kind != "Status" {
		return ""
	}
	return message
}

// refusedUser gives the user that a server's own message says it refused: the text of a
// kube-apiserver is
//
//	forbidden: User "system:serviceaccount:shop:default" cannot get path "/apis"
func refusedUser(message string) string {
	_, rest, found := strings.Cut(message, `orbidden: User "`)
	name, _, closed := strings.Cut(rest, `" cannot `)
	if !found || !closed {
		return ""
	}
	return name
}

// failedChecks gives the checks that GET /readyz lists as failed, such as
// "etcd" of the line "[-]etcd failed: reason withheld".
//
// Source: https://kubernetes.io/docs/reference/using-api/health-checks/
func failedChecks(body []byte) []string {
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
