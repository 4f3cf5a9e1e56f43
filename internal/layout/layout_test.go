package layout_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"go.uber.org/goleak"

	"github.com/kreconcile/kreconcile/internal/layout"
)

// TestMain fails if a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestFormatFits tests that a result of exactly the limit fits, and a longer one does not.
func TestFormatFits(t *testing.T) {
	tokens, _ := hclsyntax.LexConfig([]byte("a=1\nlonger=2\n"), "", hcl.InitialPos)
	const want = "a      = 1\nlonger = 2\n"
	if got, fits := layout.Format(tokens, len(want)); !fits || string(got) != want {
		t.Errorf("it fits: %t, and is %q", fits, got)
	}
	if got, fits := layout.Format(tokens, len(want)-1); fits {
		t.Errorf("it fits as %q", got)
	}
}

// FuzzLayout compares the layout with that of hclwrite.
func FuzzLayout(f *testing.F) {
	for _, pattern := range []string{"testdata/valid/*.hcl", "testdata/valid/*/*.hcl", "testdata/invalid/*.hcl", "examples/*.hcl", "examples/*/*.hcl"} {
		files, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	for _, text := range []string{
		"a=-1\nb=c -1\nd=[-1,- 1]\ne=!a\nf=(-1)-(-2)\ng=a?-1:-b\nh=a&&-b||!-c\ni=a== -1\nj={a=-1}\nk=a* -b/-c% -d+ -e- -f\nl=a<-b\nm=a>= -b\nn=a!= -b\no=a> -b\np=a<= -b\n",
		"a = \"${{a=1}}\"\nb=\"${a}${b}%{if c} x %{endif}%{for a in b}${a}%{endfor}\"\nc=\"${ {} }\"\nd=\"${[a]}\"\n",
		"a = foo( [ 1 ] )[ 0 ].b [1]\nb = 1 [2]\nc = a::b( c... )\nd = [for x in [1] : x]\ne = in[1]\n",
		"a = [<<E\n ${ b [ 0 ] }\nE\n, 2]\nb=1 # x\n  /* long\n  comment */ c=<<-E # 1\n x\n  E\n# d\nd=2 # y\n",
		"a {\nb = [{\nc = 1\n}, {\nd = 2 }]\n}\nx = foo([\n1,\n], {\na=1})\n}}\n",
		"é=1 # ü\nabc=2 // \U0001F1E9\U0001F1EA\nb={\na:1,bcd:2 #x\n}", "  \n # a\n   a=1   ", "   ", "\r\na=1\r\n#b\r\n/* x\r\ny */ b=2 # c\r\nlong=3#d\r\n", "= 1 = 2\n",
	} {
		f.Add(text)
	}
	f.Fuzz(compare)
}

// TestLayoutOfRandomTokens puts tokens into any order.
func TestLayoutOfRandomTokens(t *testing.T) {
	words := strings.Split("a|bcd|é|in|for|1|2.5|=|==|!=|=>|<|>=|+|-|-|*|/|%|&&|!|?|:|::|,|,|.|...|(|)|[|]|{|}|\"x\"|\"\"|\"${a}%{if b}c${d}%{endif}\"|"+
		"\"${{a=1}}\"|# c\n|// d\n|/* e */|/* f\n g\r\n */|\n|\n|\n\n|\r\n| |  |\t|<<E\n x${ [1] }\nE\n|<<-E\n  y\n  E\n", "|")
	words = append(words, "||")
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		var b strings.Builder
		for range random.IntN(30) {
			b.WriteString(words[random.IntN(len(words))])
			b.WriteString([]string{"", "", " ", "   "}[random.IntN(4)])
		}
		compare(t, b.String())
	}
}

func compare(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		return // A carriage return by itself has another width in a comment of several lines.
	}
	tokens, _ := hclsyntax.LexConfig([]byte(text), "", hcl.InitialPos)
	formatted, fits := layout.Format(tokens, 1<<20)
	if !fits {
		t.Fatalf("%q has more than 1 MiB", text)
	}
	if diff := cmp.Diff(string(hclwrite.Format([]byte(text))), string(formatted)); diff != "" {
		t.Fatalf("%q (-hclwrite +ours)\n%s", text, diff)
	}
}
