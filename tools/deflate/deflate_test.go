package deflate

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// TestGzip tests that a reader of gzip gets the data back, and that it is smaller than with compress/gzip.
func TestGzip(t *testing.T) {
	t.Parallel()
	random := make([]byte, segment/4)
	if _, err := rand.NewChaCha8([32]byte{}).Read(random); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	program = program[:min(len(program), segment/2)]
	for name, test := range map[string]struct {
		data []byte
		// most is the number of bytes at most, in percent of that of compress/gzip.
		most int
	}{
		"one byte":         {[]byte("x"), 110},
		"three bytes":      {[]byte("xyz"), 110},
		"zeros":            {make([]byte, segment+1), 103},
		"a segment":        {make([]byte, segment), 103},
		"words":            {[]byte(strings.Repeat("kreconcile plan, kreconcile apply; ", 10_000)), 103},
		"far apart":        {bytes.Repeat(random[:window], 3), 100},
		"a little further": {bytes.Repeat(random[:window+1], 3), 101},
		"random":           {random, 101},
		"a program":        {program, 96},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compressed := Gzip(test.data)
			reader, err := gzip.NewReader(bytes.NewReader(compressed))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(reader)
			if err != nil || !bytes.Equal(got, test.data) {
				t.Errorf("%d bytes are read, with the error %v, and not the %d that were compressed", len(got), err, len(test.data))
			}
			var other bytes.Buffer
			writer, _ := gzip.NewWriterLevel(&other, gzip.BestCompression)
			_, _ = writer.Write(test.data)
			_ = writer.Close()
			t.Logf("%d bytes, %d with compress/gzip", len(compressed), other.Len())
			if len(compressed)*100 > other.Len()*test.most {
				t.Errorf("it has %d bytes, and with compress/gzip %d", len(compressed), other.Len())
			}
			if again := Gzip(test.data); !bytes.Equal(again, compressed) {
				t.Error("the same data gives other bytes the second time")
			}
		})
	}
}

// A block may end within a long match, and leave one or two bytes of it.
func TestCheapestAtEndOfBlock(t *testing.T) {
	t.Parallel()
	f := &finder{data: make([]byte, 3*maxLength), last: make([]int, 1<<16), before: make([]int, window)}
	f.find(0, len(f.data))
	for size := 1; size < 2*maxLength; size++ {
		b := f.cheapest(0, start(size))
		if b.size != size {
			t.Errorf("the tokens of %d bytes have %d", size, b.size)
		}
		for _, token := range b.tokens {
			if token.length < minLength && (token.length != 1 || token.distance != 0) {
				t.Errorf("%d bytes have a token of %d at the distance %d", size, token.length, token.distance)
			}
		}
	}
}
