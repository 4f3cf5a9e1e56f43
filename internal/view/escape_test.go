package view

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text", `café "x" <y> 日本`, `café "x" <y> 日本`},
		{"a colour", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"a hyperlink", "\x1b]8;;http://x\x07here\x1b]8;;\x07", `\x1b]8;;http://x\x07here\x1b]8;;\x07`},
		{"carriage return, backspace, bell, delete, NUL", "a\rb\bc\ad\x7fe\x00", `a\x0db\x08c\x07d\x7fe\x00`},
		{"C1 controls", "\u009b31m", `\u009b31m`},
		{"marks that switch the direction", "\u202eabc\u2066\u200f", `\u202eabc\u2066\u200f`},
		{"what cannot be seen", "a\u200bb\ufeffc\u00ad", `a\u200bb\ufeffc\u00ad`},
		{"line separators", "a\u2028b\u2029c\u0085d", `a\u2028b\u2029c\u0085d`},
		{"tags beyond the basic plane", "\U000e0041", `\ue0041`},
		{"newlines within", "a\nb\r\nc\n", `a\nb\x0d\nc`},
		{"a tab", "\ta", "    a"},
		{"bytes that are no UTF-8", "a\xffb\xc3", `a\xffb\xc3`},
		{"a command for a CI agent at the start", "::error::x", `\x3a:error::x`},
		{"the same behind spaces", "  ::error::x", `  \x3a:error::x`},
		{"the same within is text", "a::b", "a::b"},
		{"commands that count anywhere", "x ##vso[task.setvariable] ##[error]", `x \x23#vso[task.setvariable] \x23#[error]`},
		{"hashes that are none", "## heading #[x]", "## heading #[x]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean(tt.in); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestCleanJSONMeansTheSame(t *testing.T) {
	for _, in := range []string{
		"plain", "\x1b[31m", "\u202e", "\u009b", "\u2028", "##vso[x]", "##[error]", "\U000e0041\U0001f600", "a\x7fb", "##", "#", "日本",
	} {
		document, err := json.Marshal([]string{in})
		if err != nil {
			t.Fatal(err)
		}
		cleaned := CleanJSON(document)
		var got []string
		if err := json.Unmarshal(cleaned, &got); err != nil || got[0] != in {
			t.Errorf("%q becomes %s, which reads as %q (%v)", in, cleaned, got, err)
		}
		if text := string(cleaned); clean(text) != text {
			t.Errorf("%s is not safe to print", text)
		}
	}
}

func TestCleanWriter(t *testing.T) {
	var b bytes.Buffer
	n, err := CleanWriter(&b).Write([]byte("level=WARN msg=\"##vso[x]\x1b\"\n"))
	if err != nil || n != 27 || b.String() != "level=WARN msg=\"\\x23#vso[x]\\x1b\"\n" {
		t.Errorf("%d bytes (%v) give %q", n, err, b.String())
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "::error::", "##vso[", "\x1b[0m", "\u202e\xff", " \t::", "#####[", "::::"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := clean(in)
		if strings.ContainsFunc(got, unsafeToPrint) {
			t.Errorf("%q still holds what is unsafe: %q", in, got)
		}
		if strings.Contains(got, "##[") || strings.Contains(got, "##vso[") || strings.HasPrefix(strings.TrimSpace(got), "::") {
			t.Errorf("%q still is a command: %q", in, got)
		}
		if again := clean(got); again != got {
			t.Errorf("%q is not stable: %q, then %q", in, got, again)
		}
	})
}
