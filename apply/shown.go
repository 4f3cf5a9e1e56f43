package apply

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
)

// A name that a server chose is judged whole and shown cut: it may be as long as an
// answer, and the plan repeats it for each requirement that it concerns.
const (
	// maxShown is the number of bytes shown of one such text. No name in Kubernetes
	// is longer.
	maxShown = 256
	// wholeTexts is the number of bytes of long texts that a plan shows whole: one
	// such allowance for what was found and the hints, one for messages. Later texts
	// are cut to shortText.
	wholeTexts = 1 << 20
	shortText  = 120
	// maxListed is the number of texts shown of a list that is not a hint.
	maxListed = 20
)

// shown cuts a server's text for display.
func shown(s string) string { return discovery.Cut(s, maxShown) }

// all returns a list that is shown to its end, or nearly so.
func all(texts []string) string {
	listed := slices.Clone(texts[:min(len(texts), maxListed)])
	for i, text := range listed {
		listed[i] = shown(text)
	}
	list := strings.Join(listed, ", ")
	if more := len(texts) - maxListed; more > 0 {
		list += " and " + strconv.Itoa(more) + " more"
	}
	return list
}

// allowance is what is left for the long texts of a plan. Its zero value is all of
// it.
type allowance struct {
	used int
	// long is the last text that was cut, and short what is left of it. Many findings
	// share one text, and should share the cut one.
	long, short string
}

// cut cuts a text to shortText once the allowance is used up.
func (a *allowance) cut(text string) string {
	if len(text) <= shortText {
		return text
	}
	if a.used += len(text); a.used <= wholeTexts {
		return text
	}
	if text != a.long {
		a.long, a.short = text, discovery.Cut(text, shortText)
	}
	return a.short
}
