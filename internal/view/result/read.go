package result

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/document"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Read reads the text of one document, also of an older kreconcile with the same major version. What
// such a document lacks is empty. An error about a member names it, such as
// "in targets[0].findings[2]: the address is missing".
func Read(text []byte) (*report.Report, error) {
	var head struct {
		FormatVersion string `json:"format_version"`
		Command       string `json:"command"`
		ExitCode      *int   `json:"exit_code"`
	}
	var doc root
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, readable(err)
	}
	minor, ok := strings.CutPrefix(head.FormatVersion, "2.")
	if _, err := strconv.ParseUint(minor, 10, 16); err != nil {
		ok = false
	}
	switch {
	case !isCommand(head.Command):
		return nil, errors.New("it is not a result of plan or apply")
	case !ok:
		return nil, errors.New("its format_version is " + strconv.Quote(head.FormatVersion) + ", and this kreconcile reads 2.0 to " +
			FormatVersion + " and later minor versions; use the kreconcile that wrote it")
	case head.ExitCode == nil:
		return nil, errors.New("the exit_code is missing")
	case !jsontext.Value(text).IsValid():
		return nil, errors.New("an object has a name twice, or a text is not UTF-8")
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, readable(err)
	}
	if s := doc.Shard; s != nil && (s.Index < 0 || s.Index >= s.Of) {
		return nil, errors.New("in shard: the index is not less than of")
	}
	r := &report.Report{Command: doc.Command, Version: doc.Version, ExitCode: doc.ExitCode, Shard: doc.Shard, Diagnostics: document.ReadDiagnostics(doc.Diagnostics)}
	for i := range doc.Targets {
		t, err := doc.Targets[i].read()
		if err != nil {
			return nil, errors.New("in targets[" + strconv.Itoa(i) + "]" + err.Error())
		}
		r.Targets = append(r.Targets, t)
	}
	return r, doc.check(r)
}

// check compares the verdict and the exit code of the whole document with the targets. A target that
// was removed is noticed by them.
func (doc *root) check(r *report.Report) error {
	worst, ok := r.Worst()
	switch {
	case ok != (doc.Verdict != nil) || ok && *doc.Verdict != worst:
		return errors.New("the verdict does not follow from the targets")
	case ok && r.ExitCode == 0 && (worst == apply.StatusUndetermined || worst == apply.Drifted && r.Command == "apply"):
		return errors.New("the exit_code does not follow from the verdict")
	}
	return nil
}

// isCommand reports whether a command writes this document. Merge is named if there is no
// other result.
func isCommand(name string) bool { return name == "plan" || name == "apply" || name == "merge" }

// readable puts the errors of package json into words.
func readable(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return errors.New("in " + wrong.Field + ": it must not be a JSON " + wrong.Value)
	}
	return err
}

// read returns the target. Errors begin with what follows its place.
func (t *target) read() (*report.Target, error) {
	out := &report.Target{Result: document.Text(t.Result), Wait: t.Wait.read(), Lines: map[hcl.Range]string{}}
	var err error
	if out.Origin, err = t.origin(); err != nil {
		return nil, err
	}
	if t.Type == onlyResult {
		out.Result = t.Name
	}
	if t.Verdict == nil {
		return out, nil
	}
	out.Plan = &apply.Plan{Unanswered: t.Unanswered}
	at := map[string]int{}
	for i := range t.Findings {
		f, err := t.Findings[i].Read(out.Lines)
		if _, twice := at[f.Address]; err == nil && twice {
			err = errors.New("the address is not unique")
		}
		if err != nil {
			return nil, errors.New(".findings[" + strconv.Itoa(i) + "]: " + err.Error())
		}
		f.Index, at[f.Address] = i, i
		out.Plan.Findings = append(out.Plan.Findings, f)
	}
	for i, f := range out.Plan.Findings {
		if f.Cause == "" || f.Status != apply.Drifted && f.Status != apply.StatusUndetermined {
			continue
		}
		cause, ok := at[f.Cause]
		if of := out.Plan.Findings[cause]; !ok || of.Cause != "" || of.Status != f.Status {
			return nil, errors.New(".findings[" + strconv.Itoa(i) + "]: the cause is no finding with the same status")
		}
	}
	if !t.judge(out) {
		return nil, errors.New(": the verdict does not follow from the findings")
	}
	return out, nil
}

// judge sets the verdict, which must be that of the document. A document before version 2.3 has
// no policy, so it is one that leads to the verdict.
func (t *target) judge(out *report.Target) bool {
	var policies []apply.Policy
	if p := t.Policy; p != nil {
		policy := apply.Policy{
			FailOnWarning: p.FailOnWarning, WarnOnly: p.WarnOnly, AllowUndetermined: p.AllowUndetermined, FailOnDeprecated: p.FailOnDeprecated,
		}
		if document.ReadVersion(&policy.RemovedBy, p.RemovedBy) != nil {
			return false
		}
		policies = append(policies, policy)
	} else {
		for i := range 12 {
			policies = append(policies, apply.Policy{
				AllowUndetermined: i&1 != 0, FailOnDeprecated: i&2 != 0, FailOnWarning: i/4 == 1, WarnOnly: i/4 == 2,
			})
		}
	}
	for _, policy := range policies {
		v := out.Plan.Verdict(policy)
		if w := out.Wait; w != nil {
			v = v.Settled(w.Streak, w.Consecutive)
		}
		if v.Status == *t.Verdict && v.UndeterminedAllowed == t.UndeterminedAllowed && v.Deprecated == t.Deprecated &&
			t.Summary != nil && *newCounts(v.Counts) == *t.Summary {
			out.Verdict = v
			return true
		}
	}
	return false
}

// origin is nil if nothing was asked or read.
func (t *target) origin() (*report.Origin, error) {
	o := &report.Origin{}
	if t.CRDs != nil {
		o.CRDs, o.CRDPaths = t.CRDs.Definitions, t.CRDs.Paths
	}
	switch {
	case t.Release != nil:
		o.Release = &report.Release{Version: t.Release.Version, Source: t.Release.Source}
	case t.Snapshot != nil:
		s := t.Snapshot
		o.Snapshot = &report.SnapshotFile{Path: s.File}
		o.Endpoint, o.ServerVersion, o.EmulationVersion = document.Text(s.Server), document.Text(s.ServerVersion), document.Text(s.Emulation)
		if s.Time != nil {
			var err error
			if o.Snapshot.Time, err = time.Parse(time.RFC3339, *s.Time); err != nil {
				return nil, errors.New(".snapshot: the time is not in the form of RFC 3339")
			}
		}
	case t.Connection != nil:
		c := t.Connection
		o.Context, o.Insecure = document.Text(c.Context), c.Insecure
		o.Endpoint, o.ServerVersion, o.EmulationVersion = c.Server, document.Text(c.ServerVersion), document.Text(c.Emulation)
		o.Requests, o.NotModified, o.Bytes, o.Duration = c.Requests, c.NotModified, c.Bytes, duration(c.Seconds)
	default:
		return nil, nil
	}
	if binary, err := kubeapi.ParseVersion(o.ServerVersion); err == nil && o.EmulationVersion != "" {
		binary.PatchUnknown, binary.Prerelease = true, ""
		if binary.String() != o.EmulationVersion {
			o.Emulates = o.EmulationVersion
		}
	}
	return o, nil
}

func (w *wait) read() *report.Wait {
	if w == nil {
		return nil
	}
	return &report.Wait{
		Limit: duration(w.Limit), Elapsed: duration(w.Elapsed), Passes: w.Passes, Consecutive: w.Consecutive, Streak: w.Streak,
		Mixed: w.Mixed, Ended: document.Text(w.Ended),
	}
}

func duration(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds * float64(time.Second)))
}
