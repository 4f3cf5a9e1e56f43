package apply_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// TestDiffAgreesWithJudge compares the program with an independent judge, written
// from the documentation alone, on 500 declarations with snapshots. All come from
// fixed seeds, and half are mutated as the fuzz target does it.
func TestDiffAgreesWithJudge(t *testing.T) {
	const tries = 500
	judged := 0
	for try := 0; judged < tries && !t.Failed(); try++ {
		t.Run(fmt.Sprint(try), func(t *testing.T) {
			if agrees(t, fixedDice(try)) {
				judged++
			}
		})
	}
}

// fixedDice returns the dice for one of the tries.
func fixedDice(try int) dice {
	seed := uint64(try / 2)
	if try%2 == 0 {
		return newDice(seed, nil)
	}
	changes := rand.New(rand.NewPCG(seed, 1))
	choices := make([]byte, 20+changes.IntN(400))
	for i := range choices {
		choices[i] = byte(changes.Uint32())
	}
	return newDice(seed, choices)
}

// FuzzDiffAgreesWithJudge does the same without an end.
func FuzzDiffAgreesWithJudge(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, []byte(nil))
		f.Add(seed, bytes.Repeat([]byte{byte(seed), 200 - byte(seed)}, 40))
	}
	f.Fuzz(func(t *testing.T, seed uint64, choices []byte) {
		agrees(t, newDice(seed, choices))
	})
}

// refused are errors that the generator does not avoid: blocks that contradict each
// other, and conditions that fail on every cluster.
var refused = []string{"Contradiction", "Invalid function argument", "Error in function call"}

// agrees judges one declaration while more and more of a cluster becomes known, until
// nothing more is needed. It is false if the declaration contradicts itself.
func agrees(t *testing.T, d dice) bool {
	t.Helper()
	written := randomDeclaration(d)
	source := config.Source{Name: "main.hcl", Bytes: []byte(written.text)}
	parsed, diags := config.Parse([]config.Source{source}, config.Inputs{AllowEmpty: true, PodNamespace: written.podNamespace})
	if diags.HasErrors() {
		for _, diag := range diags {
			if diag.Severity == hcl.DiagError && !slices.Contains(refused, diag.Summary) {
				t.Errorf("%s: %s\n%s", diag.Summary, diag.Detail, written.text)
			}
		}
		return false
	}
	s := randomSnapshot(d)
	for range 8 {
		compare(t, written, parsed, s)
		needs := apply.Needs(parsed, s)
		if needs.Empty() && !apply.EndpointDrifts(parsed, s.Endpoint) {
			enough(t, d, written, s)
		}
		if t.Failed() {
			t.Logf("namespace %q\n%s\n%s", written.podNamespace, written.text, saved(t, s))
		}
		if t.Failed() || needs.Empty() {
			return true
		}
		unasked(t, s, needs)
		answer(d, s, needs)
	}
	t.Errorf("asking does not end\n%s\n%s", written.text, saved(t, s))
	return true
}

// compare compares the program's findings with the judge's.
func compare(t *testing.T, d *declared, parsed *config.Declaration, s *discovery.Snapshot) {
	t.Helper()
	findings := apply.Diff(parsed, s).Findings
	of := map[string]apply.Finding{}
	seen := map[string]bool{}
	for i, f := range findings {
		if i < len(d.all) && (f.Address != d.all[i].address || f.Enabled != d.all[i].enabled || f.Severity != d.all[i].severity) {
			t.Errorf("finding %d is %+v, and requirement %d is %+v", i, f.Requirement, i, *d.all[i])
		}
		whole(t, f, seen)
		seen[f.Address] = true
		of[f.Address] = f
	}
	if len(findings) != len(d.all) {
		t.Errorf("%d findings of %d requirements", len(findings), len(d.all))
	}
	for _, policy := range policies() {
		follows(t, findings, (&apply.Plan{Findings: findings}).Verdict(policy))
	}
	for _, r := range judgeIndependently(d, s).rulings {
		if disagreement := r.disagreement(of); disagreement != "" {
			t.Errorf("%s", disagreement)
		}
	}
	again, err := discovery.Load(strings.NewReader(saved(t, s)))
	if err != nil {
		t.Errorf("a snapshot that was saved: %v", err)
	} else if !reflect.DeepEqual(apply.Diff(parsed, again).Findings, findings) { //nolint:govet // errors are not saved, so there are none in either
		t.Error("the snapshot is judged in another way once it was saved")
	}
}

// enough checks that an undetermined finding leaves nothing to ask.
func enough(t *testing.T, d dice, written *declared, s *discovery.Snapshot) {
	t.Helper()
	// Something absent counts as absent until another look confirms it.
	assumed := *s
	assumed.Confirmed = discovery.Known(struct{}{})
	before := judgeIndependently(written, &assumed)
	asked := assumed
	asked.Fields, asked.Reviews = maps.Clone(s.Fields), maps.Clone(s.Reviews)
	needs := before.missed
	needs.Documents = true
	needs.Version, needs.ServerAddresses = !s.Version.Asked(), !s.ServerAddresses.Asked()
	answer(d, &asked, needs)
	after := judgeIndependently(written, &asked)
	for i, r := range before.rulings {
		if len(r) == 1 && !maps.Equal(r[0], after.rulings[i][0]) {
			t.Errorf("%v becomes %v by asking for %+v", r[0], after.rulings[i][0], needs)
		}
	}
}

// disagreement says how the findings differ from every right answer.
func (r ruling) disagreement(of map[string]apply.Finding) string {
	var b strings.Builder
	for i, right := range r {
		differs := false
		for address, want := range right {
			if f := of[address]; f.Status != want.status || f.Cause != want.cause {
				differs = true
				fmt.Fprintf(&b, "right is, %d: %s %s %s; the program says %s %s %+v %+v\n", i, address, want.status, want.cause, f.Status, f.Cause, f.Differences, f.Undetermined)
			}
		}
		if !differs {
			return ""
		}
	}
	return b.String()
}

// unasked checks that no question is repeated.
func unasked(t *testing.T, s *discovery.Snapshot, needs discovery.Needs) {
	t.Helper()
	asked := needs.Documents && s.Core.Asked() && s.Named.Asked() || needs.Version && s.Version.Asked() ||
		needs.ServerAddresses && s.ServerAddresses.Asked()
	for _, q := range needs.Fields {
		asked = asked || s.Fields[q].Asked()
	}
	for _, r := range needs.Reviews {
		asked = asked || s.Reviews[r].Asked()
	}
	if asked {
		t.Errorf("%+v is asked for again", needs)
	}
}

func saved(t *testing.T, s *discovery.Snapshot) string {
	t.Helper()
	var b bytes.Buffer
	if err := discovery.Save(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
