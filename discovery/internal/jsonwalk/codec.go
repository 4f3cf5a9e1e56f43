package jsonwalk

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Codec reads or writes a document by functions of which there is one for each type, such as
//
//	func pod(c *Codec, p *Pod) {
//		c.Object(func() {
//			c.Text("name", &p.Name, 63)
//			c.Bool("ready", &p.Ready)
//		})
//	}
//
// The function names each member once, in the order in which they are written. To write,
// it is called once. To read, it is called until the object ends: once where the members come
// in that order.
type Codec struct {
	// In is what is read, and nil where the document is written.
	In *Walker
	// Out is where the document is written, and nil where it is read.
	Out *Encoder
	// Form tells functions that know several forms of their type which one it is.
	Form int
	// Strict is for a format that leaves nothing open: a member that no function names, one
	// that is null and a required one that is missing are errors.
	Strict bool
	// Minor is the minor version of the format that is read.
	Minor int

	object  object
	missing []string
	// spares are rooms for lists of each type that is read.
	spares [4]any
}

// object is how far a function is with its object.
type object struct {
	name  []byte // the one that came, without its quotes, until its value is read
	plain bool   // name has no escapes any more
	names int    // how many came
	state state
	// slow is set unless all there is to do for a member is to compare its name.
	slow bool
	once bool // end the object behind the first value
	// What follows is for formats that leave nothing open.
	index          int    // of the next member that the function names
	seen           uint64 // a bit for each member that came
	optional, omit bool   // of the next member
	since          int
}

type state int

const (
	// named: the value of the name comes next.
	named state = iota
	// taken: the value of the name was read, and the next name was not.
	taken
	// ended: no more names come.
	ended
)

// Object reads or writes an object. Members that the function does not name are passed over.
func (c *Codec) Object(members func()) {
	outer := c.object
	switch {
	case c.Out != nil:
		c.object = object{slow: true}
		c.Out.Object(members)
	case c.In.open(jsontext.KindBeginObject, "an object"):
		c.object = object{state: taken}
		c.read(members)
	default:
		c.object = object{}
		c.checkMissing(members)
	}
	c.object = outer
}

func (c *Codec) read(members func()) {
	for c.advance() {
		names := c.object.names
		c.object.index = 0
		members()
		switch o := &c.object; {
		case o.state != named || o.names != names:
		case c.unquote():
		case c.Strict:
			c.In.Failf("this member is not part of the format")
			o.state = taken
		default:
			c.In.Skip()
			o.state = taken
		}
	}
	c.checkMissing(members)
}

// advance tells whether there is a name whose value was not read yet.
func (c *Codec) advance() bool {
	o := &c.object
	if o.state == taken {
		quoted, found := c.In.member(o.names)
		o.names++
		if o.slow = !found || c.Strict; !found {
			o.state = ended
			return false
		}
		o.state, o.name, o.plain = named, quoted[1:len(quoted)-1], false
	}
	return o.state == named
}

// unquote replaces the escapes in a name that no member has, and tells whether there were any.
func (c *Codec) unquote() bool {
	o := &c.object
	if o.plain || bytes.IndexByte(o.name, '\\') < 0 {
		return false
	}
	// The lexer has checked it, so that this cannot fail.
	o.name, _ = jsontext.AppendUnquote(nil, `"`+string(o.name)+`"`)
	o.plain = true
	return true
}

// checkMissing refuses an object in which required members did not come.
func (c *Codec) checkMissing(members func()) {
	if !c.Strict || c.In.err != nil {
		return
	}
	c.object.index, c.object.slow, c.missing = 0, true, []string{}
	members()
	if len(c.missing) > 0 {
		c.In.Failf("it has no %s", strings.Join(c.missing, ", "))
	}
	c.missing = nil
}

// Read reads the value of the member of that name, and tells whether the function knows it.
func (c *Codec) Read(name string, members func()) bool {
	c.object = object{name: []byte(name), once: true}
	members()
	return c.object.state == ended
}

// Optional says that the next member may be missing, and whether it is left out when it is
// written. It gives c.
func (c *Codec) Optional(omit bool) *Codec {
	c.object.optional, c.object.omit = true, omit
	return c
}

// Since says which minor version of the format brought the next member. It gives c.
func (c *Codec) Since(minor int) *Codec {
	c.object.since = minor
	return c
}

// Member tells whether the value of the member comes next, to be read or written. A member
// without a name is never there.
func (c *Codec) Member(name string) bool {
	if string(c.object.name) != name && !c.object.slow {
		return false
	}
	return c.member(name)
}

// member is the rest of Member, which is short enough for the compiler to put it into its
// callers: most members are not the one that came.
func (c *Codec) member(name string) bool {
	switch {
	case name == "":
		return false
	case c.Out != nil:
		return c.writeName(name)
	case c.Strict:
		return c.strictMember(name)
	}
	return c.laxMember(name)
}

func (c *Codec) laxMember(name string) bool {
	o := &c.object
	if !c.advance() || string(o.name) != name {
		return false
	}
	o.state, o.slow = taken, true
	if o.once {
		o.state = ended
	}
	return true
}

func (c *Codec) strictMember(name string) bool {
	o := &c.object
	optional, since, bit := o.optional, o.since, uint64(1)<<o.index
	o.optional, o.omit, o.since = false, false, 0
	o.index++
	switch {
	case c.missing != nil:
		if o.seen&bit == 0 && !optional {
			c.missing = append(c.missing, name)
		}
		return false
	case since > c.Minor || !c.laxMember(name):
		return false
	case c.In.Kind() == jsontext.KindNull:
		c.In.read()
		c.In.Failf("null stands where a value is expected")
		return false
	}
	o.seen |= bit
	return true
}

func (c *Codec) writeName(name string) bool {
	omit := c.object.omit
	c.object.optional, c.object.omit, c.object.since = false, false, 0
	if !omit {
		c.Out.Name(name)
	}
	return !omit
}
