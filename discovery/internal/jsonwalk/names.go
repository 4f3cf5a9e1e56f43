package jsonwalk

import "bytes"

// names are the names of members that came in the objects that are open, so that one that is
// repeated is noticed.
type names struct {
	text []byte
	ends []int
}

// known are the names of one object.
type known struct {
	// first is the index of the first one.
	first int
	// hashes has a bit for each of them: most names need not be compared with any.
	hashes uint64
	// set has all of them if they are many.
	set map[string]struct{}
}

// many is how many names are compared one by one.
const many = 64

func (n *names) mark() known { return known{first: len(n.ends)} }

// drop forgets the names of an object that ended.
func (n *names) drop(k *known) {
	n.text, n.ends = n.text[:n.start(k.first)], n.ends[:k.first]
}

func (n *names) start(i int) int {
	if i == 0 {
		return 0
	}
	return n.ends[i-1]
}

// at is the name with that index.
func (n *names) at(i int) []byte { return n.text[n.start(i):n.ends[i]] }

// add returns false if the object has the name already.
func (n *names) add(k *known, name []byte) bool {
	hash := uint(len(name))
	if len(name) > 0 {
		hash = hash*7 + uint(name[0])*3 + uint(name[len(name)/2])*5 + uint(name[len(name)-1])
	}
	bit := uint64(1) << (hash % 64)
	if k.hashes&bit != 0 && n.has(k, name) {
		return false
	}
	k.hashes |= bit
	n.text = append(n.text, name...)
	n.ends = append(n.ends, len(n.text))
	if k.set != nil {
		k.set[string(name)] = struct{}{}
	}
	return true
}

func (n *names) has(k *known, name []byte) bool {
	if len(n.ends)-k.first > many && k.set == nil {
		k.set = make(map[string]struct{}, 2*many)
		for i := k.first; i < len(n.ends); i++ {
			k.set[string(n.at(i))] = struct{}{}
		}
	}
	if k.set != nil {
		_, found := k.set[string(name)]
		return found
	}
	for i := len(n.ends) - 1; i >= k.first; i-- {
		if bytes.Equal(n.at(i), name) {
			return true
		}
	}
	return false
}
