package discovery

import (
	"strings"
	"sync"
)

// kept has answers by what they are about, each with the entity tag of its document. A
// server that is asked by the tag answers 304 while the document is the same. The tag is a
// hash of all that the document says, freshness included, so that it holds among several
// API servers. The answers are shared by several snapshots, which do not change them.
//
// Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/3352-aggregated-discovery
type kept[K comparable, V any] struct {
	mu    sync.Mutex
	byKey map[K]tagged[V]
}

// tagged is an answer. Its tag is empty where there is none to ask by.
type tagged[V any] struct {
	tag    string
	answer V
}

func (k *kept[K, V]) get(key K) tagged[V] {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.byKey[key]
}

// put keeps an answer, and only forgets the one before it where the new one has no tag.
func (k *kept[K, V]) put(key K, answer tagged[V]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if answer.tag == "" {
		delete(k.byKey, key)
		return
	}
	if k.byKey == nil {
		k.byKey = map[K]tagged[V]{}
	}
	k.byKey[key] = answer
}

// entityTag gives a strong entity tag, and nothing for what is none. A weak one
// only promises that the meaning is about the same.
//
// Source: https://www.rfc-editor.org/rfc/rfc9110#field.etag
func entityTag(header string) string {
	const longest = 256
	if len(header) < 2 || len(header) > longest || header[0] != '"' || header[len(header)-1] != '"' {
		return ""
	}
	opaque := header[1 : len(header)-1]
	if opaque == "" || strings.ContainsFunc(opaque, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }) {
		return ""
	}
	return header
}
