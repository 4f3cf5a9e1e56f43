package versions_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/config/internal/versions"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestVersionConstraints is the table of the language reference: which of a release, a pre-release
// and a vendor's version meet a constraint.
func TestVersionConstraints(t *testing.T) {
	releases := []string{"v1.30.4", "v1.31.0-rc.1", "v1.31.4-gke.1183000"}
	tests := []struct {
		constraint string
		want       [3]bool
	}{
		{">= 1.30", [3]bool{true, true, true}},
		{">= 1.31", [3]bool{false, false, true}},
		{">= 1.31.0-rc.1", [3]bool{false, true, true}},
		{">= 1.31.0-0", [3]bool{false, true, true}},
		{"> 1.30", [3]bool{false, true, true}},
		{"> 1.30.3", [3]bool{true, true, true}},
		{"< 1.31", [3]bool{true, true, false}},
		{"<= 1.30", [3]bool{true, false, false}},
		{"< 1.31.4", [3]bool{true, true, false}},
		{"1.30", [3]bool{true, false, false}},
		{"1.31.x", [3]bool{false, false, true}},
		{"= 1.30.4", [3]bool{true, false, false}},
		{"= 1.31.4", [3]bool{false, false, true}},
		{"!= 1.30.4", [3]bool{false, true, true}},
		{"~1.30", [3]bool{true, false, false}},
		{"~1.31", [3]bool{false, false, true}},
		{"^1.30", [3]bool{true, true, true}},
		{">= 1.30, < 1.31", [3]bool{true, true, false}},
		{">=1.30 <1.31", [3]bool{true, true, false}},
		{"< 1.30 || >= 1.31", [3]bool{false, false, true}},
		{"1.30 - 1.31", [3]bool{true, true, true}},
		{"*", [3]bool{true, true, true}},
		{">= v1.30.4", [3]bool{true, true, true}},
	}
	for _, test := range tests {
		t.Run(test.constraint, func(t *testing.T) {
			constraint, err := versions.Parse(test.constraint)
			if err != nil {
				t.Fatal(err)
			}
			if got := constraint.String(); got != test.constraint {
				t.Errorf("String() = %q", got)
			}
			for i, git := range releases {
				version, err := kubeapi.ParseVersion(git)
				if err != nil {
					t.Fatal(err)
				}
				if got := constraint.Check(version); got != test.want[i] {
					t.Errorf("%s: %t, want %t", git, got, test.want[i])
				}
			}
		})
	}
}

func TestInvalidVersionConstraints(t *testing.T) {
	tests := []struct{ constraint, want string }{
		{"", "it is empty"},
		{" \t", "it is empty"},
		{"~> 1.30", `"~>" means something else to Terraform; write "~1.30" for any patch of 1.30, or ">= 1.30, < 2"`},
		{">= 1.20, ~>1.30", `"~>" means something else to Terraform; write "~1.30" for any patch of 1.30, or ">= 1.30, < 2"`},
		{"~> 1.30.2", `"~>" means something else to Terraform; write "~1.30" for any patch of 1.30, or ">= 1.30, < 2"`},
		{"~> 1", `"~>" means something else to Terraform; write "~1.30" for any patch of 1.30, or ">= 1.30, < 2"`},
		{"newest", `comparisons such as ">= 1.30" are joined by "," or "||"`},
		{">= 1.30 and < 1.31", `comparisons such as ">= 1.30" are joined by "," or "||"`},
		{"1.30,", `comparisons such as ">= 1.30" are joined by "," or "||"`},
		{"= 1.31.4-gke.1183000", `the suffix "-gke.1183000" is a vendor's, and is dropped from a server's version before it is compared; leave it out`},
		{">= 1.30.2+k3s1", `the suffix "+k3s1" is a vendor's, and is dropped from a server's version before it is compared; leave it out`},
	}
	for _, test := range tests {
		t.Run(test.constraint, func(t *testing.T) {
			_, err := versions.Parse(test.constraint)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

// Where the patch is not known, the answer holds only if every patch gives it.
func TestCheckMinor(t *testing.T) {
	tests := []struct {
		constraint     string
		holds, decided bool // of 1.30
	}{
		{">= 1.30", true, true},
		{">= 1.30.0", true, true},
		{">= 1.29.7, < 1.31", true, true},
		{"1.30.x", true, true},
		{">= 1.31", false, true},
		{"< 1.29.9 || > 1.31.2", false, true},
		{">= 1.30.1", false, false},
		{"<= 1.30.0", false, false},
		{"> 1.30.7", false, false},
		{"= 1.30.4", false, false},
		{"!= 1.30.4", false, false},
		{"< 1.30.4 || > 1.30.4", false, false},
		{">= 1.30.0-rc.99999999999999999999", true, true},
		{"< 1.30.0", false, true},
		{"= 1.30.0-rc.1", false, true},
		{"!= 1.30", false, true},
		{"~1.30.2", false, false},
		{"^1.30", true, true},
		{"1.30.2 - 1.31", false, false},
	}
	for _, test := range tests {
		t.Run(test.constraint, func(t *testing.T) {
			constraint, err := versions.Parse(test.constraint)
			if err != nil {
				t.Fatal(err)
			}
			holds, decided := constraint.CheckMinor(kubeapi.Version{Major: 1, Minor: 30, PatchUnknown: true})
			if holds != test.holds || decided != test.decided {
				t.Errorf("got %t, %t, want %t, %t", holds, decided, test.holds, test.decided)
			}
		})
	}
}

// CheckMinor decides exactly where all versions that it stands for agree. The
// constraints name small numbers only, so that a few patches show all that there is.
func TestCheckMinorAgreesWithCheck(t *testing.T) {
	const patches, numbers = 9, 5
	random := rand.New(rand.NewPCG(1, 2))
	part := func() string {
		text := fmt.Sprintf("1.%d", 29+random.IntN(3))
		switch random.IntN(5) {
		case 0:
			return text
		case 1:
			return text + ".x"
		case 2:
			return fmt.Sprintf("%s.%d-%s.%d", text, random.IntN(3), []string{"alpha", "beta", "rc"}[random.IntN(3)], random.IntN(numbers))
		case 3:
			return text + fmt.Sprintf(".%d-0", random.IntN(3))
		}
		return fmt.Sprintf("%s.%d", text, random.IntN(patches-1))
	}
	operators := []string{"", "= ", "!= ", "> ", ">= ", "< ", "<= ", "~", "^"}
	decisions := map[bool]int{}
	for range 500 {
		text := operators[random.IntN(len(operators))] + part()
		for range random.IntN(3) {
			text += []string{", ", " || "}[random.IntN(2)] + operators[random.IntN(len(operators))] + part()
		}
		constraint, err := versions.Parse(text)
		if err != nil {
			continue // such as ">= 1.30.x-0"
		}
		for _, stage := range []string{"", "alpha", "beta", "rc"} {
			var releases []kubeapi.Version
			for patch := range uint64(patches) {
				releases = append(releases, kubeapi.Version{Major: 1, Minor: 30, Patch: patch})
			}
			if stage != "" {
				releases = append(releases, kubeapi.Version{Major: 1, Minor: 30, Prerelease: stage})
				for n := range numbers + 1 {
					releases = append(releases, kubeapi.Version{Major: 1, Minor: 30, Prerelease: fmt.Sprintf("%s.%d", stage, n)})
				}
			}
			holds, same := constraint.Check(releases[0]), true
			for _, v := range releases {
				same = same && constraint.Check(v) == holds
			}
			got, decided := constraint.CheckMinor(kubeapi.Version{Major: 1, Minor: 30, PatchUnknown: true, Prerelease: stage})
			if decided != same || got != (holds && same) {
				t.Fatalf("%q and 1.30 with %q: %t, decided %t; each version: %t, all the same %t", text, stage, got, decided, holds, same)
			}
			decisions[decided]++
		}
	}
	if decisions[true] < 200 || decisions[false] < 200 {
		t.Errorf("too few of a kind: %v", decisions)
	}
}

func TestZeroVersionConstraint(t *testing.T) {
	if (versions.Constraint{}).Check(kubeapi.Version{Major: 1, Minor: 36}) {
		t.Error("a version lies in the zero constraint")
	}
}

func TestPossible(t *testing.T) {
	tests := []struct {
		constraints        []string
		possible, released bool
	}{
		{[]string{">= 1.30"}, true, true},
		{[]string{">= 1.30, < 1.30"}, false, false},
		{[]string{"> 1.30, < 1.31"}, true, false},
		{[]string{">= 1.30", "< 1.30"}, false, false},
		{[]string{"< 1.30", "< 1.20 || >= 1.25", ">= 1.20, < 1.25 || >= 1.30"}, false, false},
		// What is very long is not judged.
		{[]string{">= 1.30, < 1.30" + strings.Repeat(", < 1.30", 50)}, true, true},
	}
	for _, test := range tests {
		var all []versions.Constraint
		for _, text := range test.constraints {
			constraint, err := versions.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, constraint)
		}
		if possible, released := versions.Possible(all...); possible != test.possible || released != test.released {
			t.Errorf("%q: possible %t, released %t", test.constraints, possible, released)
		}
	}
}

func TestMeets(t *testing.T) {
	for version, want := range map[string]bool{"0.5.0": true, "0.4.9": false, "development": false} {
		if got, err := versions.Meets(">= 0.5", version); got != want || err != nil {
			t.Errorf("%s: %t, %v", version, got, err)
		}
	}
	if _, err := versions.Meets("newest", "0.5.0"); err == nil {
		t.Error("an invalid constraint is no error")
	}
}
