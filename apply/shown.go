package apply

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/discovery"
)

// What a server chose is judged whole and shown cut. A text of it may be as long as an
// answer may be, and stands in the plan again for each requirement that it is about.
const (
	// maxShown is how many bytes of one such text are shown: no name of Kubernetes has
	// as many.
	maxShown = 256
	// wholeTexts is how many bytes a plan has whole, of what was found with its hints,
	// and of messages. Beyond, it has shortText of each of the former, and shortMessage
	// of each of the latter.
	wholeTexts   = 1 << 20
	shortText    = 120
	shortMessage = 512
	// maxListed is how many texts are shown of a list that is not a hint.
	maxListed = 20
)

// shown gives what of a server's text is shown.
func shown(s string) string { return discovery.Cut(s, maxShown) }

// all gives a list that is shown to its end, or nearly so.
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

// short cuts what a difference shows where the plan has so much of it already. It has
// to come before the next difference is made: those of one finding alone may be too
// many.
func (j *judge) short(d Difference) Difference {
	for _, text := range []*string{&d.Found, &d.Hint} {
		if j.shown += len(*text); j.shown > wholeTexts {
			*text = discovery.Cut(*text, shortText)
		}
	}
	return d
}

// shortMessage cuts the message of what could not be determined in the same way. It leaves
// enough to tell from what to do about it.
func (j *judge) shortMessage(u *Undetermined) {
	if j.told += len(u.Message); j.told <= wholeTexts || len(u.Message) <= shortMessage {
		return
	}
	// Many share one, and are to share what is left of it.
	if u.Message != j.long {
		j.long, j.cut = u.Message, discovery.Cut(u.Message, shortMessage)
	}
	u.Message = j.cut
}
