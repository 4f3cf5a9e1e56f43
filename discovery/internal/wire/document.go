package wire

import (
	"errors"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

// Document reads an object that Kubernetes calls kind, or one that has no kind
// where that is empty. It gives each name to member, which reads the value and
// tells whether it knows the name. The member required must be there, null or
// not, unless it is empty. An answer of another kind is an error,
// and a Status, which is how an API server says no, gives its message. The kind that
// it calls itself comes back, and is empty where it has none.
func Document(w *jsonwalk.Walker, kind, required string, member func(name string) bool) (is string) {
	if !w.Root() {
		return ""
	}
	var message string
	seen := required == ""
	for name := range w.Members() {
		seen = seen || name == required
		switch {
		case name == "kind":
			is = w.Text()
			switch {
			case is == "" || is == kind || is == "Status":
			case kind == "":
				w.Failf("the kind is %s, which was not asked for", text.Quote(is))
			default:
				w.Failf("the kind is %s, not %s", text.Quote(is), kind)
			}
		case name == "message" && is == "Status":
			message = w.Text()
		case is == "Status" || !member(name):
			w.Skip()
		}
	}
	switch {
	case is == "Status" && message == "":
		w.Fail(errors.New("it is a Status without a message"))
	case is == "Status":
		w.Fail(errors.New("it is a Status: " + message))
	case !seen:
		w.Fail(errors.New("it has no " + required))
	}
	return is
}
