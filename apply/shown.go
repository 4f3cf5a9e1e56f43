package apply

import (
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
)

// Package discovery bounds each text of a server. A plan has them again for each requirement
// that they are about.
const (
	// wholeTexts is how many bytes of long texts a plan has: of what was found, with its
	// hints, and as many of messages. Beyond, each is cut to shortText.
	wholeTexts = 1 << 20
	shortText  = 120
	// maxListed is how many texts are shown of a list that is not a hint.
	maxListed = 20
)

// all gives a list that is shown to its end, or nearly so.
func all(texts []string) string {
	list := strings.Join(texts[:min(len(texts), maxListed)], ", ")
	if more := len(texts) - maxListed; more > 0 {
		list += " and " + strconv.Itoa(more) + " more"
	}
	return list
}

// allowance is how much of the long texts of a plan is left. Its zero value is all of it.
type allowance struct {
	used int
	// long is the text that was cut last, and short what is left of it: many findings
	// share one, and are to share what is left of it.
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
