package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// TestDeclarations tests that the soak knows every requirement, so that none goes
// unjudged.
func TestDeclarations(t *testing.T) {
	for name, d := range map[string]declaration{
		"standing": standing(), "moving": moving(comings()...), "one that comes": moving(comings()[0]), "denying": denying(),
	} {
		t.Run(name, func(t *testing.T) {
			parsed, diags := config.Parse([]config.Source{{Name: "soak.hcl", Bytes: []byte(d.source)}}, config.Inputs{PodNamespace: "preflight"})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			var want, got []string
			for _, f := range apply.Diff(parsed, &discovery.Snapshot{}).Findings {
				want = append(want, f.Address)
			}
			for _, r := range d.requirements {
				got = append(got, r.address)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("requirements differ (-declared +known):\n%s", diff)
			}
		})
	}
}

// TestJudge separates right verdicts from wrong ones, by what was true before and
// after the pass.
func TestJudge(t *testing.T) {
	const thing = "things.example.com"
	present := func(t *truth) { t.unsettle(thing); t.settle(thing, true) }
	absent := func(t *truth) { t.unsettle(thing); t.settle(thing, false) }
	nothing := func(*truth) {}
	begin := func(w window) func(*truth) { return func(t *truth) { t.begin(w) } }
	both := func(w window) func(*truth) { return func(t *truth) { t.begin(w); t.end(w) } }
	is := func(there, gone apply.Status) []finding {
		return []finding{{Address: "there", Status: there}, {Address: "gone", Status: gone}}
	}
	unknown := func(code discovery.FailureCode) []finding {
		f := is(apply.StatusUndetermined, apply.StatusUndetermined)
		for i := range f {
			f[i].Unknown = &undeterminedCause{Code: code, Message: "why"}
		}
		return f
	}
	for name, test := range map[string]struct {
		// before and during are what happened before the pass and in it.
		before, during func(*truth)
		findings       []finding
		hasty          bool
		wrong          []string
		excuses        map[window]bool
	}{
		"present": {before: present, during: nothing, findings: is(apply.Satisfied, apply.Drifted)},
		"absent":  {before: absent, during: nothing, findings: is(apply.Drifted, apply.Satisfied)},
		"drifted although present": {
			before: present, during: nothing, findings: is(apply.Drifted, apply.Drifted),
			wrong: []string{"there is drifted, although it is satisfied"},
		},
		"not served satisfied although present": {
			before: present, during: nothing, findings: is(apply.Satisfied, apply.Satisfied),
			wrong: []string{"gone is satisfied, although it is drifted"},
		},
		"satisfied although absent": {
			before: absent, during: nothing, findings: is(apply.Satisfied, apply.Satisfied),
			wrong: []string{"there is satisfied, although it is drifted"},
		},
		"drifted although present, while the server restarts": {
			before: present, during: both(restarting), findings: is(apply.Drifted, apply.Drifted),
			wrong: []string{"there is drifted, although it is satisfied"},
		},
		"skipped": {
			before: present, during: nothing, findings: is(apply.Skipped, apply.Drifted),
			wrong: []string{"there is skipped, although it is enabled"},
		},
		"anything while it is being created": {
			before: absent, during: func(t *truth) { t.unsettle(thing) }, findings: is(apply.Satisfied, apply.Satisfied),
		},
		"anything of what is another than before": {before: absent, during: present, findings: is(apply.Drifted, apply.Drifted)},
		"anything of what came and went": {
			before: absent, during: func(t *truth) { present(t); absent(t) }, findings: is(apply.Satisfied, apply.Drifted),
		},
		"unreachable while it restarts": {
			before: func(t *truth) { present(t); t.begin(restarting) }, during: func(t *truth) { t.end(restarting) },
			findings: unknown(discovery.Unreachable), excuses: map[window]bool{restarting: true},
		},
		"unreachable as it begins to restart": {
			before: present, during: begin(restarting), findings: unknown(discovery.Unreachable), excuses: map[window]bool{restarting: true},
		},
		"unreachable though it restarted before": {
			before: func(t *truth) { present(t); both(restarting)(t) }, during: nothing, findings: unknown(discovery.Unreachable),
			wrong: []string{
				"there is undetermined unreachable: why, although nothing keeps it from being determined",
				"gone is undetermined unreachable: why, although nothing keeps it from being determined",
			},
		},
		"certificate while it restarts": {
			before: present, during: both(restarting), findings: unknown(discovery.Certificate),
			wrong: []string{
				"there is undetermined certificate: why, although nothing keeps it from being determined",
				"gone is undetermined certificate: why, although nothing keeps it from being determined",
			},
		},
		"certificate while the CA file is behind": {
			before: present, during: both(untrusted), findings: unknown(discovery.Certificate), excuses: map[window]bool{untrusted: true},
		},
		"unsettled while another thing changes": {
			before: present, during: begin(changing), findings: unknown(discovery.Unsettled), excuses: map[window]bool{changing: true},
		},
		"no time": {
			before: present, during: nothing, findings: unknown(discovery.Timeout),
			wrong: []string{
				"there is undetermined timeout: why, although nothing keeps it from being determined",
				"gone is undetermined timeout: why, although nothing keeps it from being determined",
			},
		},
		"no time, in a hurry": {before: present, during: nothing, findings: unknown(discovery.Timeout), hasty: true},
		"what the server cannot determine": {
			before: present, during: nothing, findings: append(is(apply.Satisfied, apply.Drifted), finding{
				Address: "stale", Status: apply.StatusUndetermined, Unknown: &undeterminedCause{Code: discovery.Stale},
			}),
		},
		"satisfied of what the server cannot determine": {
			before: present, during: nothing, findings: append(is(apply.Satisfied, apply.Drifted), finding{Address: "stale", Status: apply.Satisfied}),
			wrong: []string{"stale is satisfied, although it is undetermined"},
		},
		"a finding too few": {
			before: present, during: nothing, findings: is(apply.Satisfied, apply.Drifted)[:1],
			wrong: []string{"findings of [there], want [there gone]"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			truth := newTruth(thing)
			test.before(truth)
			s := span{before: truth.look()}
			test.during(truth)
			s.after = truth.look()
			d := declaration{requirements: []requirement{{"there", thing, true}, {"gone", thing, false}}}
			if len(test.findings) > 2 {
				d.requirements = append(d.requirements, requirement{"stale", unknowable, false})
			}
			wrong, excuses := judge(d, s, test.findings, test.hasty)
			if diff := cmp.Diff(test.wrong, wrong); diff != "" {
				t.Errorf("what is wrong differs (-want +got):\n%s", diff)
			}
			if test.excuses == nil {
				test.excuses = map[window]bool{}
			}
			if diff := cmp.Diff(test.excuses, excuses); diff != "" {
				t.Errorf("the excuses differ (-want +got):\n%s", diff)
			}
		})
	}
}
