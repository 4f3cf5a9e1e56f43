package config_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// The table of the language reference: constraints, and what they say of a
// release, of a pre-release and of a vendor's version.
func TestVersionConstraints(t *testing.T) {
	versions := []string{"v1.30.4", "v1.31.0-rc.1", "v1.31.4-gke.1183000"}
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
			constraint, err := config.ParseVersionConstraint(test.constraint)
			if err != nil {
				t.Fatal(err)
			}
			if got := constraint.String(); got != test.constraint {
				t.Errorf("String() = %q", got)
			}
			for i, git := range versions {
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
		{"~> 1.30", `"~>" means something else to Terraform; write "~1.30" or ">= 1.30, < 2"`},
		{">= 1.20, ~>1.30", `"~>" means something else to Terraform; write "~1.30" or ">= 1.30, < 2"`},
		{"~> 1.30.2", `"~>" is not understood; write "~1.30.2"`},
		{"~> 1", `"~>" is not understood; write "~1"`},
		{"newest", `comparisons such as ">= 1.30" are joined by "," or "||"`},
		{">= 1.30 and < 1.31", `comparisons such as ">= 1.30" are joined by "," or "||"`},
		{"1.30,", `comparisons such as ">= 1.30" are joined by "," or "||"`},
		{"= 1.31.4-gke.1183000", `the suffix "-gke.1183000" is a vendor's, and is dropped from a server's version before it is compared; leave it out`},
		{">= 1.30.2+k3s1", `the suffix "+k3s1" is a vendor's, and is dropped from a server's version before it is compared; leave it out`},
	}
	for _, test := range tests {
		t.Run(test.constraint, func(t *testing.T) {
			_, err := config.ParseVersionConstraint(test.constraint)
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
			constraint, err := config.ParseVersionConstraint(test.constraint)
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
		constraint, err := config.ParseVersionConstraint(text)
		if err != nil {
			continue // such as ">= 1.30.x-0"
		}
		for _, stage := range []string{"", "alpha", "beta", "rc"} {
			var versions []kubeapi.Version
			for patch := range uint64(patches) {
				versions = append(versions, kubeapi.Version{Major: 1, Minor: 30, Patch: patch})
			}
			if stage != "" {
				versions = append(versions, kubeapi.Version{Major: 1, Minor: 30, Prerelease: stage})
				for n := range numbers + 1 {
					versions = append(versions, kubeapi.Version{Major: 1, Minor: 30, Prerelease: fmt.Sprintf("%s.%d", stage, n)})
				}
			}
			holds, same := constraint.Check(versions[0]), true
			for _, v := range versions {
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
	if (config.VersionConstraint{}).Check(kubeapi.Version{Major: 1, Minor: 36}) {
		t.Error("a version lies in the zero constraint")
	}
}

func TestRequiredVersion(t *testing.T) {
	for _, test := range []struct {
		version string
		fits    bool
	}{
		{"", true}, {"dev", true}, {"v0.5.0", true}, {"0.5.0-rc.1", true}, {"0.4.9", false}, {"1.0.0", false}, {"unreadable", false},
	} {
		t.Run(test.version, func(t *testing.T) {
			_, diags := parse("kreconcile {\n  required_version = \">= 0.5.0-0, < 1\"\n}\napi \"v1\" {}\n", config.Inputs{Version: test.version})
			if got := !diags.HasErrors(); got != test.fits {
				t.Errorf("fits: %t, want %t: %v", got, test.fits, report(diags))
			}
			if warned := len(diags) == 1 && diags[0].Summary == "Version not compared"; warned != (test.version == "" || test.version == "dev") {
				t.Errorf("warned: %t: %v", warned, report(diags))
			}
		})
	}
}

// A range is impossible where no version of Kubernetes can lie in it.
func TestImpossibleRanges(t *testing.T) {
	for text, possible := range map[string]bool{
		">= 1.30": true, "< 1.0": true, "1.30": true, "= 1.30.4": true, "!= 1.30.4": true, "*": true, "1.x": true, "~1.30": true, "^1.30": true,
		">= 1.30, < 1.38": true, "> 1.30.4, < 1.30.6": true, "> 1.30.4, < 1.30.5": true, ">= 1.31.0-0, < 1.31": true,
		"> 1.31.0-rc.1, < 1.31.0-rc.3": true, "1.28 - 1.30": true, ">= 2, < 3 || < 1.0": true, "> 1.30, < 1.32, != 1.31": true,
		">= 1.40, < 1.30": false, "> 1.30, < 1.30": false, "= 1.30.4, = 1.30.5": false, "1.30.x, 1.31.x": false,
		"1.30 - 1.28": false, "~1.30, >= 1.31": false, "> 1.31, < 1.30 || > 1.33, < 1.32": false, "< 0.0.0-0": false,
	} {
		_, diags := parse("cluster {\n  kubernetes = \""+text+"\"\n}\n", config.Inputs{})
		if got := !diags.HasErrors(); got != possible {
			t.Errorf("%s is possible: %t, want %t: %s", text, got, possible, diags)
		}
	}
}
