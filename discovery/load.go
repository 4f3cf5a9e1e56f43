package discovery

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// Load reads a snapshot that [Snapshot.Save] wrote, at most 64 MiB. What can seek is
// read twice instead of being kept. It is strict:
// what it does not know is an error, because leaving it out could turn into an
// answer that the cluster never gave. An empty list loads as nil. The errors tell
// a file that is cut off, one of another program and one of a newer kreconcile
// apart; they do not name the file.
func Load(r io.Reader) (*Snapshot, error) {
	file, err := newSavedFile(r)
	if err != nil {
		return nil, err
	}
	format, err := checkFormat(file)
	if err != nil {
		return nil, err
	}
	// Both documents may fill their limits, and the file holds both.
	l := documentLimits()
	l = limits{groups: l.groups + 1, versions: 2 * l.versions, resources: 2 * l.resources, texts: 4 * l.texts}
	var s *Snapshot
	if err := file.walk(l, func(w *walker) { s = w.snapshot(format) }); err != nil {
		return nil, err
	}
	return s, nil
}

// checkFormat gives the version of the format, if it is one that Load knows, before
// anything in it is judged by that.
func checkFormat(file savedFile) (format string, err error) {
	var apiVersion, kind string
	err = file.walk(limits{}, func(w *walker) {
		if !w.root() {
			return
		}
		for name := range w.members() {
			switch name {
			case "format_version":
				format = w.required()
			case "apiVersion":
				apiVersion = w.text()
			case "kind":
				kind = w.text()
			default:
				w.skip()
			}
		}
	})
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errSaved):
		return "", err
	case err != nil:
		return "", fmt.Errorf("it is not a snapshot: %w", err)
	case slices.Contains([]string{formatVersion, formatVersion11, formatVersion10}, format):
		return format, nil
	case format == "" && apiVersion != "" && kind != "":
		return "", fmt.Errorf("it is not a snapshot of kreconcile, but an object of Kubernetes, of kind %s", quote(kind))
	case format == "":
		return "", errors.New("it is not a snapshot of kreconcile: it has no format_version")
	case newer(format):
		return "", fmt.Errorf("its format_version %s was made by a newer kreconcile; this one reads %q", quote(format), formatVersion)
	}
	return "", fmt.Errorf("its format_version is %s; this kreconcile reads %q", quote(format), formatVersion)
}

// newer tells whether a format version comes after ours.
func newer(format string) bool {
	theirs, ok := parseFormat(format)
	ours, _ := parseFormat(formatVersion)
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

func (w *walker) snapshot(format string) *Snapshot {
	s := &Snapshot{}
	optional := []string{"core", "groups", "confirmed", "version", "server_addresses"}
	if format != formatVersion10 {
		optional = append(optional, "fields", "reviews")
	}
	if format == formatVersion {
		optional = append(optional, "available")
	}
	for name := range w.strict([]string{"format_version", "endpoint", "time"}, optional...) {
		switch name {
		case "format_version":
			w.text()
		case "endpoint":
			s.Endpoint = w.atMost(maxEndpoint)
		case "time":
			s.Time = w.savedTime()
		case "core":
			s.Core = loadFact(w, func() Group {
				g := w.savedGroup()
				if w.err == nil && g.Name != "" {
					w.failf("the core group has the name %s", quote(g.Name))
				}
				w.checkGroups([]Group{g})
				return g
			})
		case "groups":
			s.Named = loadFact(w, func() []Group {
				groups := savedList(w, w.savedGroup)
				w.checkGroups(groups)
				if err := checkNamed(groups); err != nil && w.err == nil {
					w.failf("%v", err)
				}
				return groups
			})
		case "confirmed":
			s.Confirmed = loadFact(w, w.savedTrue)
		case "version":
			s.Version = loadFact(w, func() ServerVersion { return w.savedServerVersion(format) })
		case "server_addresses":
			s.ServerAddresses = loadFact(w, w.texts)
		case "fields":
			s.Fields = w.savedFields(format)
		case "reviews":
			s.Reviews = w.savedReviews()
		case "available":
			s.Available = w.savedAvailable()
		}
	}
	return s
}

// set reads true, or what is not.
func (w *walker) set() bool {
	b := w.boolean()
	return b != nil && *b
}

// loadFact reads an object that has either a value or a failure.
func loadFact[T any](w *walker, value func() T) Fact[T] {
	var f Fact[T]
	for name := range w.strict(nil, "value", "failure") {
		switch name {
		case "value":
			f.Value, f.Known = value(), true
		case "failure":
			f.Failure = w.savedFailure()
		}
	}
	if w.err == nil && f.Known == (f.Failure != nil) {
		w.failf("it has to have either a value or a failure")
	}
	return f
}

func (w *walker) savedFailure() *Failure {
	f := &Failure{}
	for name := range w.strict([]string{"code", "message"}) {
		switch name {
		case "code":
			f.Code = FailureCode(w.text())
			if w.err == nil && !slices.Contains(FailureCodes(), f.Code) {
				w.failf("%s is not a code of a failure", quote(string(f.Code)))
			}
		case "message":
			f.Message = Cut(w.required(), maxMessage)
		}
	}
	return f
}

func (w *walker) savedGroup() Group {
	var g Group
	w.take(&w.limits.groups, "groups")
	for name := range w.strict([]string{"name", "preferred", "versions"}) {
		switch name {
		case "name":
			g.Name = w.text()
		case "preferred":
			g.Preferred = w.text()
		case "versions":
			g.Versions = savedList(w, w.savedVersion)
		}
	}
	return g
}

func (w *walker) savedVersion() Version {
	var v Version
	w.take(&w.limits.versions, "group versions")
	for name := range w.strict([]string{"name", "freshness"}, "resources") {
		switch name {
		case "name":
			v.Name = w.required()
		case "freshness":
			v.Freshness = kubeapi.Freshness(w.text())
		case "resources":
			v.Resources = loadFact(w, func() []Resource {
				resources := savedList(w, w.savedResource)
				if err := checkResources(resources); err != nil && w.err == nil {
					w.failf("%v", err)
				}
				return resources
			})
		}
	}
	if current := v.Freshness == kubeapi.FreshnessCurrent || v.Freshness == ""; w.err == nil && !current && v.Resources.Known {
		w.failf("the resources cannot be known where the freshness is %s", quote(string(v.Freshness)))
	}
	return v
}

func (w *walker) savedResource() Resource {
	var r Resource
	w.take(&w.limits.resources, "resources")
	for name := range w.strict([]string{"name", "singular", "kind", "scope", "verbs", "short_names", "categories", "subresources"}) {
		switch name {
		case "name":
			r.Name = w.text()
		case "singular":
			r.Singular = w.text()
		case "kind":
			r.Kind = w.text()
		case "scope":
			r.Scope = kubeapi.Scope(w.text())
			if w.err == nil && r.Scope != "" && !slices.Contains(kubeapi.Scopes(), r.Scope) {
				w.failf("%s is not a scope", quote(string(r.Scope)))
			}
		case "verbs":
			r.Verbs = w.texts()
		case "short_names":
			r.ShortNames = w.texts()
		case "categories":
			r.Categories = w.texts()
		case "subresources":
			r.Subresources = savedList(w, w.savedSubresource)
		}
	}
	return r
}

func (w *walker) savedSubresource() Subresource {
	var s Subresource
	w.take(&w.limits.resources, "resources")
	for name := range w.strict([]string{"name", "kind", "verbs"}) {
		switch name {
		case "name":
			s.Name = w.text()
		case "kind":
			s.Kind = w.text()
		case "verbs":
			s.Verbs = w.texts()
		}
	}
	return s
}

func (w *walker) savedServerVersion(format string) ServerVersion {
	var v ServerVersion
	var optional []string
	if format == formatVersion {
		optional = []string{"emulation_major", "emulation_minor"}
	}
	for name := range w.strict([]string{"git_version", "major", "minor", "platform"}, optional...) {
		switch name {
		case "git_version":
			v.GitVersion = w.atMost(maxName)
		case "major":
			v.Major = w.atMost(maxName)
		case "minor":
			v.Minor = w.atMost(maxName)
		case "emulation_major":
			v.EmulationMajor = w.atMost(maxName)
		case "emulation_minor":
			v.EmulationMinor = w.atMost(maxName)
		case "platform":
			v.Platform = w.atMost(maxName)
		}
	}
	return v
}

func (w *walker) savedReviews() map[Review]Fact[ReviewAnswer] {
	reviews := map[Review]Fact[ReviewAnswer]{}
	for range w.elements() {
		r, answer := w.savedReview()
		if _, found := reviews[r]; found && w.err == nil {
			w.failf("the review is there twice")
		}
		reviews[r] = answer
	}
	return reviews
}

func (w *walker) savedReview() (Review, Fact[ReviewAnswer]) {
	var r Review
	var answer Fact[ReviewAnswer]
	for name := range w.strict([]string{"verb", "group", "resource", "subresource", "namespace", "name", "path", "answer"}) {
		switch name {
		case "verb":
			r.Verb = w.required()
		case "group":
			r.Group = w.text()
		case "resource":
			r.Resource = w.text()
		case "subresource":
			r.Subresource = w.text()
		case "namespace":
			r.Namespace = w.text()
		case "name":
			r.Name = w.text()
		case "path":
			r.Path = w.text()
		case "answer":
			answer = loadFact(w, w.savedReviewAnswer)
		}
	}
	if w.err == nil && (r.Path == "") == (r.Resource == "") {
		w.failf("it is about a resource or a path, and not about both or none")
	}
	return r, answer
}

func (w *walker) savedReviewAnswer() ReviewAnswer {
	var a ReviewAnswer
	for name := range w.strict([]string{"allowed", "denied", "reason", "evaluation_error"}) {
		switch name {
		case "allowed":
			a.Allowed = w.savedBoolean()
		case "denied":
			a.Denied = w.savedBoolean()
		case "reason":
			a.Reason = Cut(w.text(), maxMessage)
		case "evaluation_error":
			a.EvaluationError = Cut(w.text(), maxMessage)
		}
	}
	if w.err == nil && a.Allowed && a.Denied {
		w.failf("it is allowed, and denied as well")
	}
	return a
}

// savedBoolean reads true or false, null being refused before.
func (w *walker) savedBoolean() bool {
	b := w.boolean()
	return b != nil && *b
}
