//go:build unix

package inclusterauth

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTokenFile(t *testing.T) {
	tests := []struct {
		name, content, want string
	}{
		{"plain", "aaa.bbb-_.ccc", "aaa.bbb-_.ccc"},
		{"trailing newline", "token\n", "token"},
		{"trailing CRLF", "token\r\n", "token"},
		{"white space around", " \ttoken \n\n", "token"},
		{"base64 padding", "dG9rZW4=", "dG9rZW4="},
		{"a bootstrap token", "abcdef.0123456789abcdef", "abcdef.0123456789abcdef"},
		{"a token with its name", "kubeconfig-u-abcde:0123456789", "kubeconfig-u-abcde:0123456789"},
		{"every character", "!#$%()*+,-./09:;=?@AZ[]^_az{|}~", "!#$%()*+,-./09:;=?@AZ[]^_az{|}~"},
		{"exactly 64 KiB", strings.Repeat("a", maxTokenBytes), strings.Repeat("a", maxTokenBytes)},
	}
	ca, gate := newAuthority(t, "ca"), new(gate)
	server := startServer(t, ca.issue(t, nil), gate.ServeHTTP, nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: mountAccount(t, test.content, ca.pem)})
			if _, _, err := get(config, "/version"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"Bearer " + test.want}, gate.take()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// noToken is the message for a character that no token has.
const noToken = "it holds a character that no token has"

// The files that cannot be used, and the error of Load for each.
func TestTokenFileRefused(t *testing.T) {
	const (
		empty = "it is empty: requests are never sent without a token"
		alone = "; the file has to hold the token alone"
	)
	content := func(s string) func(*testing.T, string) {
		return func(t *testing.T, path string) { writeFile(t, path, []byte(s)) }
	}
	tests := []struct {
		name    string
		prepare func(t *testing.T, path string)
		problem FileProblem
		message string
	}{
		{"missing", func(*testing.T, string) {}, FileMissing, "no such file or directory"},
		{"broken symlink", symlinkTo("..data/token"), FileMissing, "no such file or directory"},
		{"empty", content(""), FileEmpty, empty},
		{"blank", content(" \r\n\t\n"), FileEmpty, empty},
		{"newline inside", content("hunter2\nhunter3"), FileMalformed, "it holds a newline inside" + alone},
		{"carriage return inside", content("hunter2\rhunter3"), FileMalformed, "it holds a newline inside" + alone},
		{"NUL inside", content("hunter2\x00"), FileMalformed, "it holds a NUL" + alone},
		{"BOM in front", content("\ufeffhunter2"), FileMalformed, "it holds a byte order mark; write it as plain ASCII"},
		{"BOM inside", content("hunter2\ufeffhunter3"), FileMalformed, "it holds a byte order mark; write it as plain ASCII"},
		{"UTF-16", content("\xff\xfeh\x00u\x00"), FileMalformed, noToken + alone},
		{"space inside", content("Bearer hunter2"), FileMalformed, "it begins with Bearer" + alone},
		{"another space inside", content("hunter2 hunter3"), FileMalformed, "it holds a space inside" + alone},
		{"JSON", content(`{"token":"hunter2"}`), FileMalformed, "it holds JSON, not a token"},
		{"HTML", content("<html>"), FileMalformed, "it holds HTML or XML, not a token"},
		{"control character", content("hunter2\x1b[0m"), FileMalformed, noToken + alone},
		{"folder", makeFolder, FileIrregular, "it is a folder, not a file"},
		{"FIFO", makeFIFO, FileIrregular, "it is a pipe, which can be read only once; write its content to a file"},
		{"socket", makeSocket, FileIrregular, "it is a socket, not a file"},
		{"device", symlinkTo("/dev/zero"), FileIrregular, "it is a device, not a file"},
		{"over 64 KiB", content(strings.Repeat("a", maxTokenBytes+1)), FileTooLarge, "it is larger than 64 KiB"},
	}
	ca := newAuthority(t, "ca")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := mountAccount(t, "", ca.pem)
			path := filepath.Join(dir, "token")
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			test.prepare(t, path)
			_, err := Load(Options{Server: "https://127.0.0.1:1", Getenv: environment(), Dir: dir})
			typed, ok := errors.AsType[*TokenError](err)
			if !ok {
				t.Fatalf("got %v, want a *TokenError", err)
			}
			if typed.Problem != test.problem || typed.Path != path {
				t.Errorf("got %q of %q, want %q of %q", typed.Problem, typed.Path, test.problem, path)
			}
			if got, want := errors.Is(err, fs.ErrNotExist), test.problem == FileMissing; got != want {
				t.Errorf("errors.Is(err, fs.ErrNotExist) is %t, want %t", got, want)
			}
			if diff := cmp.Diff("token file "+path+": "+test.message, err.Error()); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "hunter") {
				t.Errorf("the token is shown: %v", err)
			}
		})
	}
}

func TestCAFileRefused(t *testing.T) {
	const never = "the system's roots are never used in its place"
	ca := newAuthority(t, "ca")
	content := func(b []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) { writeFile(t, path, b) }
	}
	garbage := []byte("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n")
	tests := []struct {
		name    string
		prepare func(t *testing.T, path string)
		problem FileProblem
		message string
	}{
		{"missing", func(*testing.T, string) {}, FileMissing, "no such file or directory: " + never},
		{"empty", content(nil), FileEmpty, "it is empty: " + never},
		{"garbage", content([]byte("<html>")), FileMalformed, "it holds HTML or XML, and no certificate in PEM form: " + never},
		{"PEM of another type", content(bytes.ReplaceAll(ca.pem, []byte("CERTIFICATE"), []byte("PUBLIC KEY"))), FileMalformed, "it holds PEM data, and no certificate in PEM form: " + never},
		{"DER", content(ca.certificate.Raw), FileMalformed, "it holds a certificate or key in DER form, and no certificate in PEM form: " + never},
		{"truncated", content(ca.pem[:len(ca.pem)/2]), FileMalformed, "1 of its PEM blocks begin and 0 are whole: the file is damaged or cut off: " + never},
		{"second truncated", content(append(bytes.Clone(ca.pem), ca.pem[:len(ca.pem)/2]...)), FileMalformed, "2 of its PEM blocks begin and 1 are whole: the file is damaged or cut off: " + never},
		{"first truncated", content(append(append(bytes.Clone(ca.pem[:len(ca.pem)/2]), '\n'), ca.pem...)), FileMalformed, "2 of its PEM blocks begin and 1 are whole: the file is damaged or cut off: " + never},
		{"no certificate in the block", content(garbage), FileMalformed, "none of its certificates can be parsed: certificate 1 of 1 (line 1): malformed certificate: " + never},
		{"a block without its beginning", content(bytes.Replace(slices.Concat(ca.pem, ca.pem), []byte("-----BEGIN CERTIFICATE-----\n"), nil, 1)), FileMalformed, "line LINE ends a PEM block that does not begin: the file is damaged or cut off: " + never},
		{"folder", makeFolder, FileIrregular, "it is a folder, not a file"},
		{"FIFO", makeFIFO, FileIrregular, "it is a pipe, which can be read only once; write its content to a file"},
		{"over 1 MiB", content(bytes.Repeat([]byte("#"), maxCABytes+1)), FileTooLarge, "it is larger than 1 MiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := startServer(t, ca.issue(t, nil), nil, nil)
			dir := mountAccount(t, "token", ca.pem)
			path := filepath.Join(dir, "ca.crt")
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			test.prepare(t, path)
			_, err := Load(Options{Getenv: podEnvironment(t, server.URL), Dir: dir})
			typed, ok := errors.AsType[*CAError](err)
			if !ok {
				t.Fatalf("got %v, want a *CAError", err)
			}
			if typed.Problem != test.problem || typed.Path != path {
				t.Errorf("got %q of %q, want %q of %q", typed.Problem, typed.Path, test.problem, path)
			}
			message := strings.Replace(test.message, "LINE", strconv.Itoa(bytes.Count(ca.pem, []byte{'\n'})-1), 1)
			if diff := cmp.Diff("CA file "+path+": "+message, err.Error()); diff != "" {
				t.Error(diff)
			}
			if n := server.handshakes.Load(); n != 0 {
				t.Errorf("the server saw %d handshakes", n)
			}
		})
	}
}

func TestCABundleOfSeveral(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	bundle := append([]byte("# the old one\n"), first.pem...)
	bundle = append(append(bundle, "\n# the new one\n"...), second.pem...)
	dir := mountAccount(t, "token", bundle)
	for _, ca := range []*authority{first, second} {
		server := startServer(t, ca.issue(t, nil), nil, nil)
		mustGet(t, mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir}))
	}
}

func symlinkTo(target string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
}

func makeFolder(t *testing.T, path string) {
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func makeFIFO(t *testing.T, path string) {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

func makeSocket(t *testing.T, path string) {
	short, err := os.MkdirTemp("", "s") //nolint:usetesting // the address of a socket is limited in length, unlike the name of a file
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	listener, err := net.Listen("unix", filepath.Join(short, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	symlinkTo(filepath.Join(short, "s"))(t, path)
}

// TestFileGoneForAMoment: a file that is missing while the kubelet replaces its folder is read again, and any other
// failure is not.
func TestFileGoneForAMoment(t *testing.T) {
	for problem, want := range map[FileProblem]int{FileMissing: 4, FileEmpty: 1, "": 1} {
		reads := 0
		_, got, _ := untilThere(func() ([]byte, FileProblem, error) {
			if reads++; reads == 4 {
				return []byte("there"), "", nil
			}
			return nil, problem, nil
		})
		if reads != want || reads < 4 && got != problem || reads == 4 && got != "" {
			t.Errorf("%q: %d reads and %q, want %d reads", problem, reads, got, want)
		}
	}
	reads := 0
	if _, problem, _ := untilThere(func() ([]byte, FileProblem, error) { reads++; return nil, FileMissing, nil }); problem != FileMissing || reads > 10 {
		t.Errorf("it never comes: %d reads and %q", reads, problem)
	}
}
