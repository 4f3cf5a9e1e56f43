package discovery

import (
	"strings"
	"sync"
)

// keptDocuments are the aggregated documents that a client has got, by path. A
// server that is asked for one by its entity tag answers 304 while it is the same.
// The tag is a hash of all that the document says, freshness included, so that it
// holds among several API servers.
//
// Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/3352-aggregated-discovery
type keptDocuments struct {
	mu     sync.Mutex
	byPath map[string]keptDocument
}

// keptDocument is shared by the snapshots of several passes, which do not change
// it. Its tag is empty where there is none to ask by.
type keptDocument struct {
	tag    string
	groups []Group
}

func (k *keptDocuments) get(path string) keptDocument {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.byPath[path]
}

func (k *keptDocuments) put(path string, d keptDocument) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if d.tag == "" {
		delete(k.byPath, path)
		return
	}
	if k.byPath == nil {
		k.byPath = map[string]keptDocument{}
	}
	k.byPath[path] = d
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
