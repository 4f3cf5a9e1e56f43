package deflate

import (
	"math"
	"math/bits"
	"slices"

	"github.com/andybalholm/brotli/matchfinder"
)

// block is a part of the data with codes of its own.
type block struct {
	size   int
	tokens []token
	// times is how often each symbol is used, and extra the bits that follow symbols.
	times [symbols]int
	extra int
}

// start returns a block of any data. Its codes are as long as those of most data.
func start(size int) *block {
	b := &block{size: size}
	for symbol := range b.times {
		b.times[symbol] = 1
		if symbol >= firstLength {
			b.times[symbol] = 4
		}
	}
	return b
}

// add counts a token of data.
func (b *block) add(t token, data []byte) {
	b.size += int(t.length)
	if t.length == 1 {
		b.times[data[0]]++
		return
	}
	length, more := lengthSymbol(t.length)
	distance, further := distanceSymbol(t.distance)
	b.times[firstLength+length]++
	b.times[firstDistance+distance]++
	b.extra += more + further
}

// chunks divides a block into small ones. Their tokens follow one another in memory.
func (b *block) chunks(data []byte) []*block {
	var list []*block
	begin := 0
	for i, t := range b.tokens {
		if len(list) == 0 || list[len(list)-1].size >= chunk {
			list = append(list, &block{})
			begin = i
		}
		last := list[len(list)-1]
		last.tokens = b.tokens[begin : i+1]
		last.add(t, data)
		data = data[t.length:]
	}
	return list
}

// joined returns a block of two that follow one another in memory.
func (b *block) joined(next *block) *block {
	both := &block{size: b.size + next.size, extra: b.extra + next.extra, tokens: b.tokens[:len(b.tokens)+len(next.tokens)]}
	for symbol := range both.times {
		both.times[symbol] = b.times[symbol] + next.times[symbol]
	}
	return both
}

// merged joins neighbours as long as that saves bits, those first that save most.
func merged(list []*block) []*block {
	saved := func(i int) float64 { return list[i].bits() + list[i+1].bits() - list[i].joined(list[i+1]).bits() }
	var savings []float64
	for i := range len(list) - 1 {
		savings = append(savings, saved(i))
	}
	for len(savings) > 0 {
		best := slices.Index(savings, slices.Max(savings))
		if savings[best] <= 0 {
			break
		}
		list[best] = list[best].joined(list[best+1])
		list = slices.Delete(list, best+1, best+2)
		savings = slices.Delete(savings, best, best+1)
		for i := max(best-1, 0); i <= best && i < len(savings); i++ {
			savings[i] = saved(i)
		}
	}
	return list
}

// header is about how many bits a block has for itself, and for the code of each symbol that it uses.
const header, perSymbol = 60, 4

// bits is about how many bits the block takes.
func (b *block) bits() float64 {
	sum := float64(header + b.extra)
	for symbol, bits := range b.codes() {
		if n := b.times[symbol]; n > 0 {
			sum += float64(n)*bits + perSymbol
		}
	}
	return sum
}

// codes returns about how many bits the code of each symbol has.
func (b *block) codes() (bits [symbols]float64) {
	for _, of := range [][2]int{{0, firstDistance}, {firstDistance, symbols}} {
		all := 0
		for _, n := range b.times[of[0]:of[1]] {
			all += n
		}
		for symbol := of[0]; symbol < of[1]; symbol++ {
			bits[symbol] = math.Log2(float64(max(all, 1)) / float64(max(b.times[symbol], 1)))
		}
	}
	return bits
}

// costs are the bits of each literal, of each length, and of distances by their symbols.
type costs struct {
	literals  [256]float32
	lengths   [maxLength + 1]float32
	distances [symbols - firstDistance]float32
}

func (b *block) costs() *costs {
	codes, c := b.codes(), &costs{}
	for i := range c.literals {
		c.literals[i] = float32(codes[i])
	}
	for i := minLength; i <= maxLength; i++ {
		symbol, extra := lengthSymbol(int32(i))
		c.lengths[i] = float32(codes[firstLength+symbol]) + float32(extra)
	}
	for symbol := range c.distances {
		c.distances[symbol] = float32(codes[firstDistance+symbol]) + float32(max(symbol/2-1, 0))
	}
	return c
}

// lengthSymbol returns the symbol of a length, counted from the first one, and how many bits follow it.
func lengthSymbol(length int32) (symbol, extra int) {
	if length == maxLength {
		return 28, 0
	}
	n := int(length) - minLength
	extra = max(bits.Len(uint(n))-3, 0)
	return 4*extra + n>>extra, extra
}

// distanceSymbol does the same for a distance.
func distanceSymbol(distance int32) (symbol, extra int) {
	n := int(distance) - 1
	extra = max(bits.Len(uint(n))-2, 0)
	return 2*extra + n>>extra, extra
}

// matches returns the tokens as the encoder wants them.
func (b *block) matches() []matchfinder.Match {
	list := []matchfinder.Match{{}}
	for _, t := range b.tokens {
		last := &list[len(list)-1]
		if t.length == 1 {
			last.Unmatched++
			continue
		}
		last.Length, last.Distance = int(t.length), int(t.distance)
		list = append(list, matchfinder.Match{})
	}
	return list
}
