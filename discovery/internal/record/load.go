package record

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/discovery/internal/wire"
)

// formats are the versions of the format of saved snapshots, by their minor version. What a
// later one brought was not asked for in an earlier one.
var formats = []string{"1.0", "1.1", "1.2", newest}

const newest = "1.3"

// formatOf gives the version of the format that has all that is in the snapshot. An earlier
// kreconcile reads an earlier one, too.
func formatOf(s *model.Snapshot) string {
	if len(s.Schemas) > 0 {
		return newest
	}
	return "1.2"
}

// Load reads a snapshot that [Save] wrote, see Load of package discovery.
func Load(r io.Reader) (*model.Snapshot, error) {
	file, err := newSavedFile(r)
	if err != nil {
		return nil, err
	}
	format, err := checkFormat(file)
	if err != nil {
		return nil, err
	}
	// Both documents may fill their limits, and the file holds both.
	l := wire.DocumentLimits()
	l = jsonwalk.Limits{Groups: l.Groups + 1, Versions: 2 * l.Versions, Resources: 2 * l.Resources, Texts: 4 * l.Texts}
	s := &model.Snapshot{}
	err = file.walk(l, func(w *jsonwalk.Walker) {
		snapshot(&codec{In: w, Form: wire.Saved, Strict: true, Minor: slices.Index(formats, format)}, s)
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// checkFormat gives the version of the format, if it is one that Load knows, before
// anything in it is judged by that.
func checkFormat(file savedFile) (format string, err error) {
	var h head
	err = file.walk(jsonwalk.Limits{}, func(w *jsonwalk.Walker) {
		if w.Root() {
			c := &codec{In: w}
			c.Object(func() {
				c.Required("format_version", &h.format, 0)
				c.Text("apiVersion", &h.apiVersion, 0)
				c.Text("kind", &h.kind, 0)
			})
		}
	})
	format = h.format
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errSaved):
		return "", err
	case err != nil:
		return "", fmt.Errorf("it is not a snapshot: %w", err)
	case slices.Contains(formats, format):
		return format, nil
	case format == "" && h.apiVersion != "" && h.kind != "":
		return "", fmt.Errorf("it is not a snapshot of kreconcile, but an object of Kubernetes, of kind %s", text.Quote(h.kind))
	case format == "":
		return "", errors.New("it is not a snapshot of kreconcile: it has no format_version")
	case newer(format):
		return "", fmt.Errorf("its format_version %s was made by a newer kreconcile; this one reads %q", text.Quote(format), newest)
	}
	return "", fmt.Errorf("its format_version is %s; this kreconcile reads %q", text.Quote(format), newest)
}

// head is what tells a snapshot from other files.
type head struct{ format, apiVersion, kind string }

// newer tells whether a format version comes after ours.
func newer(format string) bool {
	theirs, ok := parseFormat(format)
	ours, _ := parseFormat(newest)
	return ok && slices.Compare(theirs, ours) > 0
}

func parseFormat(s string) ([]uint64, bool) {
	var numbers []uint64
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}
