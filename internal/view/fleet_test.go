package view_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/view"
)

func TestFleet(t *testing.T) {
	c := &view.FleetCounts{All: 12}
	check := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, not %q", got, want)
		}
	}
	check(view.Fleet(c, []string{"prod-a"}), "0 of 12 clusters done; waiting for prod-a")
	for _, status := range []apply.Status{apply.Satisfied, apply.Drifted, apply.StatusUndetermined, apply.StatusUndetermined} {
		c.Add(status)
	}
	check(view.Fleet(c, nil), "4 of 12 clusters done, 1 with drift, 2 undetermined")
	check(view.Fleet(c, []string{"evil\x1b[2J", "b", "c"}), `4 of 12 clusters done, 1 with drift, 2 undetermined; waiting for evil\x1b[2J and 2 more`)
	check(view.FleetMember(c, "evil\nname", apply.Drifted), `evil\nname: drifted (4 of 12)`)
}
