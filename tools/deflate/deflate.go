package deflate

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/bits"
	"slices"

	"github.com/andybalholm/brotli/flate"
)

// What the format allows.
//
// Source: https://www.rfc-editor.org/rfc/rfc1951#section-3.2.5
const (
	minLength, maxLength = 3, 258
	window               = 1 << 15

	firstLength   = 257              // the symbol of the shortest length: those before are literals and the end of a block
	firstDistance = firstLength + 29 // those of distances follow the ones of lengths
	symbols       = firstDistance + 30
)

// How long to search. Twice the time makes the image 0.2 % smaller.
const (
	segment  = 1 << 20 // bytes that are searched together
	chunk    = 1 << 11 // bytes, or a little more, that are not divided between blocks
	maxChain = 1 << 8  // places with the same three bytes
	rounds   = 4
)

// Gzip returns data, of which there is some, as a gzip file without a name and a time. Any reader of gzip
// reads it. It is 5 % smaller than that of compress/gzip at its best level, because it looks for the matches
// that take the fewest bits in all, and not for the longest one at each place. The module for brotli only
// encodes them: the matches that it finds itself by costs are those for brotli.
//
// Source: https://www.rfc-editor.org/rfc/rfc1952
func Gzip(data []byte) []byte {
	out := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255}
	encoder := flate.NewEncoder()
	f := &finder{data: data, last: make([]int, 1<<16), before: make([]int, window)}
	for begin := 0; begin < len(data); {
		for _, b := range f.blocks(begin, min(begin+segment, len(data))) {
			text := data[begin : begin+b.size]
			begin += b.size
			out = encoder.Encode(out, text, b.matches(), begin == len(data))
		}
	}
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(data))
	return binary.LittleEndian.AppendUint32(out, uint32(len(data))) //nolint:gosec // gzip has the size modulo 2^32
}

// token is a match, or a literal if its length is 1.
type token struct{ length, distance int32 }

// finder finds matches: earlier parts of data that are the same.
type finder struct {
	data []byte
	// last has the last place with each hash of three bytes, and before the place before each one of
	// the window with the same hash. Places count from 1.
	last, before []int

	// begin is where the segment begins. found are its matches; those at begin+i are from at[i] to
	// at[i+1], from the shortest to the longest one.
	begin int
	found []token
	at    []int
	// cost has the bits to each place of a block, and by the token before it.
	cost []float32
	by   []token
}

// find finds the matches in a segment. Of each length, it takes the nearest one.
func (f *finder) find(begin, end int) {
	f.begin, f.found, f.at = begin, f.found[:0], append(f.at[:0], 0)
	for i := begin; i < end; i++ {
		if i+minLength <= len(f.data) {
			hash := (uint32(f.data[i])<<16 | uint32(f.data[i+1])<<8 | uint32(f.data[i+2])) * 0x9e3779b1 >> 16
			f.follow(i, min(i+maxLength, end), f.last[hash])
			f.before[i%window], f.last[hash] = f.last[hash], i+1
		}
		f.at = append(f.at, len(f.found))
	}
}

// follow looks at the places before i with the same hash.
func (f *finder) follow(i, end, place int) {
	longest := minLength - 1
	for range maxChain {
		from := place - 1
		if place == 0 || i-from > window || i+longest >= end {
			return
		}
		if f.data[from+longest] == f.data[i+longest] {
			if n := common(f.data[from:], f.data[i:end]); n > longest {
				longest = n
				f.found = append(f.found, token{int32(n), int32(i - from)}) //nolint:gosec // both are at most 32 KiB
			}
		}
		place = f.before[from%window]
	}
}

// common returns how many bytes at the beginning of b are those of a, which is not shorter.
func common(a, b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		if other := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); other != 0 {
			return n + bits.TrailingZeros64(other)/8
		}
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// blocks returns the blocks of a segment.
func (f *finder) blocks(begin, end int) []*block {
	f.find(begin, end)
	whole := start(end - begin)
	for range 3 {
		whole = f.cheapest(begin, whole)
	}
	list := merged(whole.chunks(f.data[begin:]))
	for i, b := range list {
		for range rounds {
			if b = f.cheapest(begin, b); b.bits() < list[i].bits() {
				list[i] = b
			}
		}
		begin += b.size
	}
	return list
}

// cheapest returns a block with the tokens that take the fewest bits with the codes of b.
func (f *finder) cheapest(begin int, b *block) *block {
	costs := b.costs()
	f.cost, f.by = slices.Grow(f.cost[:0], b.size+1)[:b.size+1], slices.Grow(f.by[:0], b.size+1)[:b.size+1]
	for i := range f.cost {
		f.cost[i] = math.MaxFloat32
	}
	f.cost[0] = 0
	for i := range b.size {
		if cost := f.cost[i] + costs.literals[f.data[begin+i]]; cost < f.cost[i+1] {
			f.cost[i+1], f.by[i+1] = cost, token{length: 1}
		}
		length := minLength
		at := begin - f.begin + i
		for _, m := range f.found[f.at[at]:f.at[at+1]] {
			symbol, _ := distanceSymbol(m.distance)
			cost := f.cost[i] + costs.distances[symbol]
			longest := min(int(m.length), b.size-i)
			if m.length == maxLength {
				length = max(length, longest) // a shorter one would cost more: what follows is likely to be a match too
			}
			for ; length <= longest; length++ {
				if cost := cost + costs.lengths[length]; cost < f.cost[i+length] {
					f.cost[i+length], f.by[i+length] = cost, token{int32(length), m.distance}
				}
			}
		}
	}
	next := &block{}
	for i := b.size; i > 0; i -= int(f.by[i].length) {
		next.tokens = append(next.tokens, f.by[i])
	}
	slices.Reverse(next.tokens)
	for _, t := range next.tokens {
		next.add(t, f.data[begin+next.size:])
	}
	return next
}
