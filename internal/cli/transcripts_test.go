package cli_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/cli"
	"github.com/kreconcile/kreconcile/internal/live"
)

// TestReadmeTranscripts runs the commands of README.md and docs/releases.md that name examples,
// and explain, and compares the output that they show.
func TestReadmeTranscripts(t *testing.T) {
	t.Chdir("../..")
	codes := []int{0, 2, 0, 0, 0}
	transcripts := regexp.MustCompile("(?s)```console\n\\$ (?:go run ./cmd/)?kreconcile ((?:(?:apply --snapshot testdata|plan --release|range)[^\n]*examples/|explain )[^\n]*)\n(.*?)(?:\\$ .*?)?```").
		FindAllStringSubmatch(read(t, "README.md")+read(t, "docs/releases.md"), -1)
	if len(transcripts) != len(codes) {
		t.Fatalf("there are %d transcripts", len(transcripts))
	}
	for i, transcript := range transcripts {
		stdout, stderr, code := run(t, strings.Fields(transcript[1])...)
		if diff := cmp.Diff(transcript[2], stdout); diff != "" || stderr != "" {
			t.Errorf("%s (-README +program)\n%s%s", transcript[1], diff, stderr)
		}
		if code != codes[i] {
			t.Errorf("%s exits with %d", transcript[1], code)
		}
	}
}

// TestComparingTranscripts runs the commands of docs/comparing.md, and compares the output that it
// shows.
func TestComparingTranscripts(t *testing.T) {
	transcripts := regexp.MustCompile("(?s)```console\n\\$ kreconcile ([^\n]*)\n(.*?)```").FindAllStringSubmatch(read(t, "../../docs/comparing.md"), -1)
	if len(transcripts) == 0 {
		t.Fatal("there is no transcript")
	}
	for _, transcript := range transcripts {
		stdout, stderr, code := run(t, strings.Fields(transcript[1])...)
		if diff := cmp.Diff(transcript[2], stdout); diff != "" || stderr != "" || code != 0 {
			t.Errorf("%s exits with %d (-page +program)\n%s%s", transcript[1], code, diff, stderr)
		}
	}
}

// TestReleasesTranscripts runs the commands of docs/releases.md that read standard input.
func TestReleasesTranscripts(t *testing.T) {
	transcripts := regexp.MustCompile("(?s)```console\n\\$ echo '([^']*)' \\| kreconcile ([^\n]*)\n(.*?)```").
		FindAllStringSubmatch(read(t, "../../docs/releases.md"), -1)
	if len(transcripts) != 2 {
		t.Fatalf("there are %d transcripts", len(transcripts))
	}
	for _, transcript := range transcripts {
		var out bytes.Buffer
		code := cli.Run(context.Background(), cli.Process{
			Args: strings.Fields(transcript[2]), Stdin: strings.NewReader(transcript[1] + "\n"), Stdout: &out, Stderr: &out, Connector: live.InCluster{},
		})
		if diff := cmp.Diff(transcript[3], out.String()); diff != "" || code != 2 {
			t.Errorf("%s exits with %d (-page +program)\n%s", transcript[2], code, diff)
		}
	}
}
