package ranges_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/Masterminds/semver/v3"
	"go.uber.org/goleak"

	"github.com/kreconcile/kreconcile/internal/ranges"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestMain fails if a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// agree compares Parse and MeetText with the library that Helm uses.
func agree(t *testing.T, constraint, version string) (accepted, met bool) {
	t.Helper()
	parsed, err := ranges.Parse(constraint)
	got := parsed.MeetText(version)
	theirs, theirErr := semver.NewConstraint(constraint)
	if (err == nil) != (theirErr == nil) {
		t.Fatalf("%q: %v, and the library: %v", constraint, err, theirErr)
	}
	if err != nil {
		return false, false
	}
	theirs.IncludePrerelease = true
	v, versionErr := semver.NewVersion(version)
	if want := versionErr == nil && theirs.Check(v); got != want {
		t.Fatalf("%q and %q: %t, and the library: %t (%v)", constraint, version, got, want, versionErr)
	}
	if versionErr == nil {
		theirs.IncludePrerelease = false
		number := kubeapi.Version{Major: v.Major(), Minor: v.Minor(), Patch: v.Patch(), Prerelease: v.Prerelease()}
		if got, want := parsed.MeetInHelm(number), theirs.Check(v); got != want {
			t.Fatalf("%q and %q: %t in Helm, and the library: %t", constraint, version, got, want)
		}
	}
	return true, got
}

func TestRangesAgreeWithHelm(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	one := func(list ...string) string { return list[random.IntN(len(list))] }
	version := func() string {
		s := one("", "", "v") + one("0", "1", "2", "1", "x", "*", "01")
		for range random.IntN(3) {
			s += "." + one("0", "1", "2", "0", "1", "x", "X", "03", "99999999999999999999")
		}
		return s + one("", "", "", "-0", "-alpha", "-rc.1", "-rc.2", "-rc.10", "-rc.01", "-rc.x-1", "-", "-.", "-1.rc", "+b", "-rc.1+b.1", "+", "+.b")
	}
	accepted, met := 0, 0
	for range 10_000 {
		text := one("", "", "", " ")
		for i := range 1 + random.IntN(3) {
			if i > 0 {
				text += one(",", ", ", " ", " , ", " || ", " || ", "||", " - ", " - ", "", ",,", " -", "\t")
			}
			text += one("", "", "", "=", "!=", ">", "<", ">=", "<=", "=>", "=<", "~", "^", "==", "!") + one("", "", " ") + version()
		}
		text += one("", "", "", " ", ",", "|| ")
		if strings.Contains(text, " - ") && (strings.Contains(text, "||") && !strings.Contains(text, " || ")) {
			// The library's expression for a range takes "||" for a part of a version.
			continue
		}
		if strings.Contains(text, "~ >") || strings.Contains(text, "~>") || strings.TrimSpace(text) == "" {
			continue
		}
		ok, holds := agree(t, text, strings.TrimPrefix(version(), "*"))
		if ok {
			accepted++
		}
		if holds {
			met++
		}
	}
	if accepted < 1_500 || met < 150 {
		t.Errorf("%d were accepted and %d were met", accepted, met)
	}
}
