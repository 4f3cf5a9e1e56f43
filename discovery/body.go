package discovery

import (
	"errors"
	"io"
)

var errTooLarge = errors.New("the answer is larger than its limit")

// limitedBody reads at most left bytes and remembers what went wrong, so that a
// body that breaks is not taken for one that holds something wrong.
type limitedBody struct {
	from io.Reader
	left int64
	n    int64
	err  error
}

func (b *limitedBody) Read(p []byte) (int, error) {
	// One byte more than is left tells whether there is more.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.from.Read(p)
	b.n += int64(n)
	if int64(n) > b.left {
		n, err = int(b.left), errTooLarge
	}
	b.left -= int64(n)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
