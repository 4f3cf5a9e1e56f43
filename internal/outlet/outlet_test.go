package outlet_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// TestGuard tests every way out: no token passes, and nothing that controls a
// terminal.
func TestGuard(t *testing.T) {
	const text, want = "you sent s3cr3t\x1b[2J\n", "you sent [token]\\x1b[2J\n"
	hide := func(text string) string { return strings.ReplaceAll(text, "s3cr3t", "[token]") }
	for name, send := range map[string]func(*outlet.Guard, *bytes.Buffer) error{
		"Write":   func(g *outlet.Guard, _ *bytes.Buffer) error { _, err := g.Write([]byte(text)); return err },
		"Put":     func(g *outlet.Guard, _ *bytes.Buffer) error { return g.Put(text, safe.Plain) },
		"Mention": func(g *outlet.Guard, _ *bytes.Buffer) error { g.Mention(strings.TrimSuffix(text, "\n")); return nil },
		"Seal":    func(g *outlet.Guard, b *bytes.Buffer) error { b.WriteString(g.Seal(text, safe.Plain)); return nil },
	} {
		var b bytes.Buffer
		g := outlet.NewGuard(&b, hide)
		if err := send(g, &b); err != nil || b.String() != want || g.Failed() {
			t.Errorf("%s: %q, %v", name, b.String(), err)
		}
	}
}

// broken is a stream that fails.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestGuardOfABrokenStream(t *testing.T) {
	g := outlet.NewGuard(broken{}, same)
	g.Mention("progress")
	if g.Failed() {
		t.Error("a failed write of progress is a failure")
	}
	if err := g.Put("result", safe.Plain); err == nil || !g.Failed() {
		t.Errorf("%v, failed %t", err, g.Failed())
	}
}

// TestCollision tests what a result would overwrite, under any name.
func TestCollision(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"web.hcl", "token", "notes.txt"} {
		if err := os.WriteFile(in(name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"link": "token", "dangling": "new.json"} {
		if err := os.Symlink(target, in(link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(in("token"), in("hard")); err != nil {
		t.Fatal(err)
	}
	info := func(name string) fs.FileInfo {
		i, err := os.Stat(in(name))
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	result := func(path string) outlet.Destination { return outlet.Destination{Flag: "-o json", Path: path} }
	token, folder, stdin := outlet.Origin{Name: "the token", Path: in("token")}, outlet.Origin{Name: "the declaration", Path: dir}, outlet.Origin{Name: "the declaration", Path: "-"}
	for _, tt := range []struct {
		name    string
		streams outlet.Streams
		written []outlet.Destination
		read    outlet.Origin
		want    string
	}{
		{"nothing in common", outlet.Streams{}, []outlet.Destination{result(in("new.json"))}, token, ""},
		{"the same path", outlet.Streams{}, []outlet.Destination{result(in("token"))}, token, "-o json would overwrite the token "},
		{"a link to it", outlet.Streams{}, []outlet.Destination{result(in("link"))}, token, "-o json would overwrite the token: "},
		{"another name of it", outlet.Streams{}, []outlet.Destination{result(in("hard"))}, token, "-o json would overwrite the token: "},
		{"a way round to it", outlet.Streams{}, []outlet.Destination{result(dir + "/./token")}, token, "-o json would overwrite the token: "},
		{"a file of the folder", outlet.Streams{}, []outlet.Destination{result(in("web.hcl"))}, folder, "-o json would overwrite the declaration "},
		{"a new file of the folder", outlet.Streams{}, []outlet.Destination{result(in("new.hcl"))}, folder, "-o json would add "},
		{"a file that is not read", outlet.Streams{}, []outlet.Destination{result(in("notes.txt"))}, folder, ""},
		{"two results", outlet.Streams{}, []outlet.Destination{result(in("new.json")), result(in("dangling"))}, token, "-o json would overwrite what -o json writes: "},
		{"standard output that goes to it", outlet.Streams{Out: info("token")}, []outlet.Destination{result("")}, token, "-o json would overwrite the token: standard output is the same file as "},
		{"standard output that goes nowhere", outlet.Streams{}, []outlet.Destination{result("")}, token, ""},
		{"what standard input comes from", outlet.Streams{In: info("web.hcl")}, []outlet.Destination{result(in("web.hcl"))}, stdin, "-o json would overwrite the declaration: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if err := tt.streams.Collision(tt.written, []outlet.Origin{tt.read}); err != nil {
				got = err.Error()
			}
			if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
