package safe

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
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
		{"a command for another one", "##teamcity[message]", `\x23#teamcity[message]`},
		{"hashes that are none", "## heading #[x]", "## heading #[x]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Line(tt.in); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestSeal(t *testing.T) {
	const colours = "\x1b[1m\x1b[2m\x1b[31m\x1b[32m\x1b[33mx\x1b[0m\n"
	tests := []struct {
		name     string
		form     Form
		in, want string
	}{
		{"what views write", Plain, "Drift.\n\n  + a: b::c\n\tindented\n", "Drift.\n\n  + a: b::c\n\tindented\n"},
		{"what is escaped already", Plain, `\x1b[31m \u202e \x3a:error::` + "\n", `\x1b[31m \u202e \x3a:error::` + "\n"},
		{"colours where there are none", Plain, "\x1b[31mred\x1b[0m\n", `\x1b[31mred\x1b[0m` + "\n"},
		{"our colours", Painted, colours, colours},
		{"other sequences beside our colours", Painted, "\x1b[5m\x1b[2J\x1b[31\x1b]8;;\x1b[", `\x1b[5m\x1b[2J\x1b[31\x1b]8;;\x1b[`},
		{"a carriage return", Painted, "a\rb\n", `a\x0db` + "\n"},
		{"C1, as a character and as a byte", Plain, "\u009b31m \x9b31m", `\u009b31m \x9b31m`},
		{"marks that switch the direction", Plain, "\u202e\u2066", `\u202e\u2066`},
		{"line separators", Plain, "a\u2028b", `a\u2028b`},
		{"a command in the first line", Plain, "::error::x\n", `\x3a:error::x` + "\n"},
		{"a command in another line, behind blanks", Plain, "a\n \t\u00a0::error::x\n", "a\n \t\u00a0" + `\x3a:error::x` + "\n"},
		{"a command behind a colour", Painted, "\x1b[31m::error::\n", "\x1b[31m" + `\x3a:error::` + "\n"},
		{"commands that count anywhere", Plain, "a ##vso[x] ##[y] ##teamcity[z]", `a \x23#vso[x] \x23#[y] \x23#teamcity[z]`},
		{
			"our commands", Commands, "::error title=a::b\n::warning title=a::b\n::notice title=a::b\n",
			"::error title=a::b\n::warning title=a::b\n::notice title=a::b\n",
		},
		{
			"other commands beside ours", Commands, "::error title=a::b\n::add-mask::x\n ::error title=a::b\n::error::b\n",
			"::error title=a::b\n" + `\x3a:add-mask::x` + "\n" + ` \x3a:error title=a::b` + "\n" + `\x3a:error::b` + "\n",
		},
		{
			"a document", Document, `["` + "\u009b\u202e\u2028\x7f ##[x] ::x \x9b" + `"]` + "\n",
			`["\u009b\u202e\u2028\u007f \u0023#[x] ::x \ufffd"]` + "\n",
		},
		{"a document beyond the basic plane", Document, `["` + "\U000e0041\U0001f600" + `"]`, `["\udb40\udc41` + "\U0001f600" + `"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Seal(tt.in, tt.form); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestSealedDocumentsMeanTheSame(t *testing.T) {
	for _, in := range []string{
		"plain", "\x1b[31m", "\u202e", "\u009b", "\u2028", "##vso[x]", "##[error]", `\##[error]`, "::error::", "\U000e0041\U0001f600", "a\x7fb",
		"##", "#", "日本", "`|<b>]]>",
	} {
		document, err := json.Marshal([]string{in})
		if err != nil {
			t.Fatal(err)
		}
		sealed := Seal(string(document), Document)
		var got []string
		if err := json.Unmarshal([]byte(sealed), &got); err != nil || got[0] != in {
			t.Errorf("%q becomes %s, which reads as %q (%v)", in, sealed, got, err)
		}
		if Line(sealed) != sealed {
			t.Errorf("%s is not safe to print", sealed)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "::error::", "##vso[", "\x1b[0m", "\u202e\xff", " \t::", "#####[", "::::", "\x1b[31m::error ::\n::error ::\x1b[\n\t::x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := Line(in)
		if strings.ContainsFunc(got, unsafeToPrint) {
			t.Errorf("%q still holds what is unsafe: %q", in, got)
		}
		if strings.Contains(got, "##[") || strings.Contains(got, "##vso[") || strings.HasPrefix(strings.TrimSpace(got), "::") {
			t.Errorf("%q still is a command: %q", in, got)
		}
		if again := Line(got); again != got {
			t.Errorf("%q is not stable: %q, then %q", in, got, again)
		}
		for _, form := range []Form{Plain, Painted, Commands, Document} {
			if sealed := Seal(got, form); sealed != got {
				t.Errorf("%q is clean, but sealed as %d it is %q", got, form, sealed)
			}
			checkSealed(t, in, form)
		}
	})
}

// checkSealed checks the output of Seal for any input.
func checkSealed(t *testing.T, in string, form Form) {
	t.Helper()
	got := Seal(in, form)
	if again := Seal(got, form); again != got {
		t.Errorf("%q is not stable as %d: %q, then %q", in, form, got, again)
	}
	if form == Painted {
		for _, code := range []string{"0", "1", "2", "31", "32", "33"} {
			got = strings.ReplaceAll(got, "\x1b["+code+"m", "")
		}
	}
	for line := range strings.SplitSeq(got, "\n") {
		if form == Commands {
			for _, command := range []string{"::error ", "::warning ", "::notice "} {
				line = strings.TrimPrefix(line, command)
			}
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && unsafeToPrint(r) }) || !utf8.ValidString(line) {
			t.Errorf("%q still holds what is unsafe as %d: %q", in, form, line)
		}
		if strings.Contains(line, "##[") || strings.Contains(line, "##vso[") || form != Commands && strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("%q still is a command as %d: %q", in, form, line)
		}
	}
}
