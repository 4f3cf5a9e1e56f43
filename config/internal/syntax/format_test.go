package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/config/internal/source"
	"github.com/kreconcile/kreconcile/config/internal/syntax"
)

func format(text string) (string, []string) {
	out, diags := syntax.Format(source.Source{Name: "main.hcl", Bytes: []byte(text)})
	return string(out), report(diags)
}

func TestFormat(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"no end of the last line", "a=1", "a = 1"},
		{"spaces", "a  =  [ 1,2 ,3 ]\n", "a = [1, 2, 3]\n"},
		{"indentation", "a {\nb {\n\t\tc=1\n    }\n}\n", "a {\n  b {\n    c = 1\n  }\n}\n"},
		{"alignment", "a = 1\nlong = 2\n\nb = 3\n", "a    = 1\nlong = 2\n\nb = 3\n"},
		{"a list ends an alignment", "a = 1\nlonger = [\n1,\n]\nbb = 3\n", "a = 1\nlonger = [\n  1,\n]\nbb = 3\n"},
		{"comments", "a = 1 # one\nlong = 22 // two\n\n/* three\n  3 */ b=3\n", "a    = 1  # one\nlong = 22 // two\n\n/* three\n  3 */ b = 3\n"},
		{"blocks on one line", "a \"x\" { b=1 }\nlong \"y\" {c = [1]}\nd{}\n", "a \"x\" { b = 1 }\nlong \"y\" { c = [1] }\nd {}\n"},
		{"a heredoc", "a=<<END\n  as   it is ${ x }\n   END\nb=1\n", "a = <<END\n  as   it is ${x}\n   END\nb = 1\n"},
		{"an indented heredoc", "x{\na=<<-END\n\t\tas   it is\n\tEND\n}\n", "x {\n  a = <<-END\n\t\tas   it is\n\tEND\n}\n"},
		{"spaces at the end of a line", "a = 1   \n   \nb = 2\n", "a = 1\n\nb = 2\n"},
		{"line ends of Windows", "a=1 # x\r\nb   =2\r\n\r\nc=<<E\r\n x\r\nE\r\n", "a = 1 # x\r\nb = 2\r\n\r\nc = <<E\r\n x\r\nE\r\n"},
		{"quotes and templates", "a = \"  ${ b }  %{ if c }x%{ endif ~}  \"\n", "a = \"  ${b}  %{if c}x%{endif~}  \"\n"},
		{"operators", "a=b?-1:!c\nd=(e)-1\nf=-g+(h)*[1][0]\n", "a = b ? -1 : !c\nd = (e) - 1\nf = -g + (h) * [1][0]\n"},
		{"for", "a=[for x in  [1]:x if x>1]\nb={for k,v in c:k=>v...}\n", "a = [for x in [1] : x if x > 1]\nb = { for k, v in c : k => v... }\n"},
		{"other scripts", "größe = 1\n日 = 2\n", "größe = 1\n日     = 2\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, diags := format(test.text)
			if diff := cmp.Diff(test.want, out); diff != "" || len(diags) > 0 {
				t.Errorf("(-want +got)\n%s%s", diff, diags)
			}
			if again, _ := format(out); again != out {
				t.Errorf("formatted twice it is\n%s", again)
			}
		})
	}
}

func TestFormatRefuses(t *testing.T) {
	const wide = "main.hcl:0,0-0: error: File too large: In canonical style"
	long := strings.Repeat("x", 256<<10)
	many := func(line string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	tests := []struct{ name, text, want string }{
		{"an error in the syntax", "a = 1 2\n", "main.hcl:1,7-8: error: Missing newline after argument: An argument definition must end with a newline."},
		{"a mark at the beginning", "\ufeffa=1\n", "main.hcl:1,1-1: error: Unsupported encoding: The file begins with a byte order mark"},
		{"no UTF-8", "a=\"\xff\"\n", "main.hcl:1,4-5: error: Unsupported encoding: "},
		{"nesting", "a = " + strings.Repeat("(", 100_000) + "\n", "main.hcl:1,505-506: error: Nested too deeply: "},
		{"too large", strings.Repeat("#\n", 3<<20), "main.hcl:0,0-0: error: File too large: A file may have at most 4 MiB."},
		{"a sensitive value", "variable \"x\" {\n  default = \"a\" hunter2\n  sensitive = true\n}\n",
			"main.hcl:2,17-24: error: Missing newline after argument: What is wrong exactly is not shown"},
		// A number with a point, instead of two with a point between them.
		{"what spaces keep apart", "a = x.0 .1\n", "main.hcl:1,7-8: error: No canonical style: "},
		// Aligned, the 4,000 lines would take a gigabyte.
		{"a long name", long + "=1\n" + many("a%d=1\n", 4_000), wide},
		{"a long line with a comment", "a=\"" + long + "\" #\n" + many("a%d=1 #\n", 4_000), wide},
		{"a long comment before a name", "/*" + long + "*/ a=1\n" + many("a%d=1\n", 4_000), wide},
		{"a long name among few lines", "x {\n" + strings.Repeat(long, 4) + "=1\na=1\nb=1\nc=1\nd=1\n}\n", wide},
		{"a long last line without its end", many("a%d=1\n", 4_000) + long + "=1", wide},
		{"a long last line with a comment without its end", many("a%d=1 #\n", 4_000) + "a=\"" + long + "\" #", wide},
		{"a deep indentation", strings.Repeat("a {\n", 490) + strings.Repeat("#\n", 5_000) + strings.Repeat("}\n", 490), wide},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, diags := format(test.text)
			if len(diags) == 0 || !strings.HasPrefix(diags[0], test.want) {
				t.Errorf("got %.300q", diags)
			}
			if out != "" {
				t.Errorf("it was formatted: %.100q", out)
			}
		})
	}
	out, diags := syntax.Format(source.Source{Name: "main.hcl.json", Bytes: []byte("{}")})
	if out != nil || !diags.HasErrors() {
		t.Errorf("JSON was formatted: %q", out)
	}
}
