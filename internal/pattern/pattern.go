package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression in a package variable. It is safe for concurrent
// use. The zero value matches everything.
type Pattern struct {
	text     string
	once     sync.Once
	compiled *regexp.Regexp
}

// New returns the pattern of a text. It does not compile it: an error in the text is a
// panic of Get.
func New(text string) *Pattern { return &Pattern{text: text} }

// Get returns the compiled expression.
func (p *Pattern) Get() *regexp.Regexp {
	p.once.Do(func() { p.compiled = regexp.MustCompile(p.text) })
	return p.compiled
}
