package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/discovery"
)

// finding has what the judge needs of a finding in apply.Plan or in JSON.
type finding struct {
	Address string             `json:"address"`
	Status  apply.Status       `json:"status"`
	Cause   string             `json:"cause"`
	Differs []difference       `json:"differences"`
	Unknown *undeterminedCause `json:"undetermined"`
}

type difference struct {
	Code apply.Code `json:"code"`
}

type undeterminedCause struct {
	Code    discovery.FailureCode `json:"code"`
	Message string                `json:"message"`
}

// String returns a finding in one line.
func (f finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is %s", f.Address, f.Status)
	for _, d := range f.Differs {
		fmt.Fprintf(&b, " %s", d.Code)
	}
	if f.Unknown != nil {
		fmt.Fprintf(&b, " %s: %s", f.Unknown.Code, f.Unknown.Message)
	}
	return b.String()
}

// reasons are the codes that an undetermined finding may have in each window. GOAWAY,
// rotated tokens and an announced new CA are no window: no gate may notice them.
var reasons = map[window][]discovery.FailureCode{
	restarting: {
		discovery.Unreachable, discovery.Timeout, discovery.Unauthorized, discovery.Forbidden, discovery.Unavailable,
		discovery.NotReady, discovery.Unsettled, discovery.NoSchema, discovery.Stale, discovery.EvaluationFailed,
	},
	untrusted: {discovery.Certificate},
	// If no connection lasts, as under GOAWAY, answers that agree must be enough, and
	// a CRD that appears in between makes a difference.
	changing: {discovery.Unsettled},
}

// judge returns what is wrong with the findings of a pass, and the windows that
// excuse undetermined findings. Each requirement has one finding, which must match
// what was true during the whole pass. hasty excuses a lack of time.
func judge(d declaration, s span, findings []finding, hasty bool) (wrong []string, excuses map[window]bool) {
	excuses = map[window]bool{}
	var addresses, found []string
	for _, r := range d.requirements {
		addresses = append(addresses, r.address)
	}
	for _, f := range findings {
		found = append(found, f.Address)
	}
	if !slices.Equal(addresses, found) {
		return []string{fmt.Sprintf("findings of %v, want %v", found, addresses)}, excuses
	}
	for i, f := range findings {
		r := d.requirements[i]
		present, settled := s.settled(r.fact)
		switch f.Status {
		case apply.Satisfied, apply.Drifted:
			want := apply.Drifted
			if present == r.when {
				want = apply.Satisfied
			}
			if r.fact == unknowable {
				want = apply.StatusUndetermined
			}
			if settled && f.Status != want {
				wrong = append(wrong, fmt.Sprintf("%s, although it is %s", f, want))
			}
		case apply.StatusUndetermined:
			if f.Cause != "" || hasty && f.Unknown.Code == discovery.Timeout || r.fact == unknowable && f.Unknown.Code == discovery.Stale {
				continue
			}
			w, excused := s.excuse(f.Unknown.Code)
			switch {
			case excused:
				excuses[w] = true
			case settled:
				wrong = append(wrong, fmt.Sprintf("%s, although nothing keeps it from being determined", f))
			}
		case apply.Skipped:
			wrong = append(wrong, fmt.Sprintf("%s, although it is enabled", f))
		}
	}
	return wrong, excuses
}

// excuse returns the window that excuses an undetermined finding.
func (s span) excuse(code discovery.FailureCode) (window, bool) {
	for _, w := range []window{restarting, untrusted, changing} {
		if s.within(w) && slices.Contains(reasons[w], code) {
			return w, true
		}
	}
	return "", false
}

// verdict returns the exit code for the findings.
func verdict(findings []finding) int {
	code := 0
	for _, f := range findings {
		switch f.Status {
		case apply.Drifted:
			return 2
		case apply.StatusUndetermined:
			code = 3
		case apply.Satisfied, apply.Skipped:
		}
	}
	return code
}

// describe returns what was true at both ends of a pass, for an error message.
func (s span) describe(names ...string) string {
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s %+v then %+v", name, s.before.facts[name], s.after.facts[name]))
	}
	for _, w := range []window{restarting, untrusted, changing} {
		if s.within(w) {
			parts = append(parts, string(w))
		}
	}
	return strings.Join(parts, "; ")
}
