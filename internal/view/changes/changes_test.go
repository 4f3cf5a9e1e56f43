package changes_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/view/changes"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// TestMain fails if a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, source config.Source, formatted string, color bool) string {
	t.Helper()
	var b strings.Builder
	if err := changes.Write(&b, source, []byte(formatted), color); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// numbered returns numbered lines, some of them indented.
func numbered(n int, indented ...int) string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = "line" + strings.Repeat("+", i)
	}
	for _, i := range indented {
		lines[i] = "  " + lines[i]
	}
	return strings.Join(lines, "\n")
}

func TestChanges(t *testing.T) {
	const head = "--- a.hcl\n+++ a.hcl\n"
	for _, test := range []struct{ name, before, after, want string }{
		{"nothing", "a\n", "a\n", ""},
		{"one line", "a=1\n", "a = 1\n", head + "@@ -1,1 +1,1 @@\n-a=1\n+a = 1\n"},
		{"tabs are kept", "\ta\n", "  a\n", head + "@@ -1,1 +1,1 @@\n-\ta\n+  a\n"},
		{"no newline at the end", "a=1", "a = 1", head + "@@ -1,1 +1,1 @@\n-a=1\n\\ No newline at end of file\n+a = 1\n\\ No newline at end of file\n"},
		{
			"three lines around", numbered(9), numbered(9, 4),
			head + "@@ -2,7 +2,7 @@\n line+\n line++\n line+++\n-line++++\n+  line++++\n line+++++\n line++++++\n line+++++++\n",
		},
		{
			"changes that are near share a hunk", numbered(5) + "\n", numbered(5, 0, 4) + "\n",
			head + "@@ -1,5 +1,5 @@\n-line\n+  line\n line+\n line++\n line+++\n-line++++\n+  line++++\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := write(t, config.Source{Name: "a.hcl", Bytes: []byte(test.before)}, test.after, false)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if got := strings.Count(write(t, config.Source{Name: "a.hcl", Bytes: []byte(numbered(30))}, numbered(30, 3, 20), false), "@@ -"); got != 2 {
		t.Errorf("changes that are far apart share %d hunks", got)
	}
}

// TestHiddenLines tests that no value of a variable is shown, because it may be a
// secret.
func TestHiddenLines(t *testing.T) {
	got := write(t, config.Source{Name: "a.hclvars", Bytes: []byte("token=\"secret\"\n")}, "token = \"secret\"\n", false)
	if strings.Contains(got, "secret") || strings.Count(got, "(this line is not shown)") != 2 {
		t.Errorf("got %s", got)
	}
}

// TestHostileLines tests that neither the name nor a line of a source controls a
// terminal.
func TestHostileLines(t *testing.T) {
	const hostile = "\x1b[2J\u202e##[error]x"
	source := config.Source{Name: hostile + ".hcl", Bytes: []byte("::error::" + hostile + "\n")}
	for form, color := range map[safe.Form]bool{safe.Plain: false, safe.Painted: true} {
		got := write(t, source, "  ::error::"+hostile+"\n", color)
		if sealed := safe.Seal(got, form); sealed != got || got == "" {
			t.Errorf("it leaves to be escaped:\n%q", got)
		}
	}
}

func TestChangesReturnErrors(t *testing.T) {
	if err := changes.Write(full{}, config.Source{Name: "a.hcl", Bytes: []byte("a=1\n")}, []byte("a = 1\n"), false); !errors.Is(err, errFull) {
		t.Errorf("error is %v", err)
	}
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
