package jsonwalk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"
)

// FuzzLexer tests that the lexer accepts what jsontext accepts, and reads the same tokens from it,
// wherever its buffer ends.
func FuzzLexer(f *testing.F) {
	for _, seed := range []string{
		``, ` `, `null`, ` {} `, `[]`, `{"a":1,"b":[true,false,null,{}]}`, "\t[\r\n1 , -2.5e+10,0 ]", `{"a":{"b":{}},"c":{"b":1}}`,
		`""`, `"plain text that is longer than a word"`, `"\""`, `"\\"`, `"é\u00e9\ud83d\ude00"`, `"a]b"`, `{"\u0061":1}`,
		// What is not JSON.
		`{`, `[`, `"`, `"\`, `{"a"`, `{"a":`, `{"a":1`, `[1`, `[1,`, `[1,]`, `[,1]`, `{,}`, `{"a":1,}`, `{"a" 1}`, `{"a"::1}`, `{1:1}`, `{"a":}`, `[1 2]`, `{"a":1 "b":2}`,
		`]`, `}`, `[}`, `{]`, `{"a":]`, `nul`, `nulll`, `True`, `01`, `-`, `1.`, `1e`, `+1`, `.5`, `'a'`, "\"\x00\"", "\"\n\"", "\"\xff\"", "\x00", `"\x"`, `"\u12"`, `"\ud800"`,
		`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"a":{"a":1},"a":2}`, `[{"a":1},{"a":1}]`,
		members(many-1, ""), members(many, ""), members(2*many, ""), members(2*many, "n0"), members(2*many, fmt.Sprint("n", 2*many-1)), members(many-1, "n1"),
	} {
		f.Add([]byte(seed), uint16(0))
		f.Add([]byte(seed), uint16(3))
	}
	f.Fuzz(func(t *testing.T, src []byte, room uint16) {
		want, fault := expected(src)
		w := New(iotest.OneByteReader(bytes.NewReader(src)), Limits{})
		// A buffer that is full must move and grow.
		w.buf = make([]byte, 0, int(room)%64)
		got, err := tokensOf(w)
		switch {
		case (err == nil) != (fault == nil):
			t.Fatalf("%q: the lexer says %v, and jsontext %v", src, err, fault)
		case err == nil && !slices.Equal(got, want):
			t.Fatalf("%q:\n got %q\nwant %q", src, got, want)
		case err == nil && len(w.names.ends) > 0:
			t.Errorf("%q: %d names are left", src, len(w.names.ends))
		}
		again, whole := tokensOf(New(bytes.NewBuffer(bytes.Clone(src)), Limits{}))
		if fmt.Sprint(whole) != fmt.Sprint(err) || !slices.Equal(again, got) {
			t.Errorf("%q: in one piece: %q, error %v; in bytes: %q, error %v", src, again, whole, got, err)
		}
	})
}

// members is an object with so many names, and that one at the end, unless it is empty.
func members(count int, last string) string {
	var names []string
	for i := range count {
		names = append(names, fmt.Sprintf(`"n%d":0`, i))
	}
	if last != "" {
		names = append(names, `"`+last+`":0`)
	}
	return "{" + strings.Join(names, ",") + "}"
}

// tokensOf reads a document.
func tokensOf(w *Walker) (tokens []string, err error) {
	for {
		kind, quoted := w.read()
		if w.err != nil {
			return tokens, w.err
		}
		token := kind.String()
		if kind == jsontext.KindString {
			token = string(w.unquote(quoted))
		}
		tokens = append(tokens, token)
		if len(w.levels) == 0 {
			return tokens, w.End()
		}
	}
}

// expected is what jsontext reads.
func expected(src []byte) (tokens []string, err error) {
	decoder := jsontext.NewDecoder(bytes.NewReader(src))
	for {
		token, err := decoder.ReadToken()
		if err != nil {
			return tokens, err
		}
		text := token.Kind().String()
		if token.Kind() == jsontext.KindString {
			text = token.String()
		}
		tokens = append(tokens, text)
		if decoder.StackDepth() == 0 {
			if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
				return tokens, errors.New("something follows")
			}
			return tokens, nil
		}
	}
}

// TestAhead tests that a value that is not written as the caller says is left to the walker.
func TestAhead(t *testing.T) {
	read := func(w *Walker) (text string, list []string, read bool) {
		a := w.Ahead()
		a.Is(`{"text":"`)
		text = a.Text()
		if a.Has(`,"list":`) {
			list = a.Texts()
		}
		a.Is("}")
		return text, list, a.End()
	}
	for _, test := range []struct {
		src  string
		read bool
		text string
		list []string
	}{
		{`{"text":"a"}`, true, "a", nil},
		{`{"text":"a","list":[]}`, true, "a", nil},
		{`{"text":"a","list":["b"]}`, true, "a", []string{"b"}},
		{`{"text":"a","list":["b]","c"]}`, true, "a", []string{"b]", "c"}},
		{src: `{"text":"a" }`},
		{src: `{"text":"é"}`},
		{src: `{"text":"\n"}`},
		{src: `{"text":null}`},
		{src: `{"text":"a","list":["b",]}`},
		{src: `{"text":"a","list":[,"b"]}`},
		{src: `{"text":"a","list":["b""c"]}`},
		{src: `{"text":"a","list":null}`},
		{src: `{"text":"a","list":["b"]`},
		{src: `{"text":"a","more":1}`},
		{src: `{"text":"a`},
		{src: ``},
	} {
		w := New(strings.NewReader("["+test.src+","+test.src+"]"), Limits{Texts: 10})
		w.open(jsontext.KindBeginArray, "a list")
		// The second time, the list is one that was seen.
		for i := range 2 {
			text, list, read := read(w)
			if read != test.read || read && (text != test.text || !slices.Equal(list, test.list)) {
				t.Errorf("%s: %q, %q, read: %v", test.src, text, list, read)
			}
			if !read && w.offset() > 1 || read && w.Left.Texts != 10-(i+1)*len(list) {
				t.Errorf("%s: at %d, and %d texts are left", test.src, w.offset(), w.Left.Texts)
			}
		}
	}
}

// TestAheadLimit tests that the texts in lists are counted.
func TestAheadLimit(t *testing.T) {
	w := New(strings.NewReader(`[["a","b"]]`), Limits{Texts: 1})
	w.open(jsontext.KindBeginArray, "a list")
	a := w.Ahead()
	a.Texts()
	if a.End(); w.Err() == nil || w.Err().Error() != "it has too many list items" {
		t.Error(w.Err())
	}
}
