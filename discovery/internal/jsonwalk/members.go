package jsonwalk

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

// Text is a string of at most limit bytes.
func (c *Codec) Text(name string, s *string, limit int) {
	switch {
	case !c.Member(name):
	case c.In != nil:
		*s = c.In.AtMost(limit)
	default:
		c.Out.Text(*s)
	}
}

// Required is like [Codec.Text], for a string that is not empty.
func (c *Codec) Required(name string, s *string, limit int) {
	switch {
	case !c.Member(name):
	case c.Out != nil:
		c.Out.Text(*s)
	default:
		if *s = c.In.AtMost(limit); *s == "" {
			c.In.Failf("it is empty")
		}
	}
}

// OneOf is a string that is one of values, which what names: "a color".
func OneOf[S ~string](c *Codec, name string, s *S, what string, values []S) {
	switch {
	case !c.Member(name):
	case c.Out != nil:
		c.Out.Text(string(*s))
	default:
		if *s = S(c.In.Text()); !slices.Contains(values, *s) {
			c.In.Failf("%s is not %s", text.Quote(string(*s)), what)
		}
	}
}

// Message is a text that a server wrote for people. One that is too long is cut.
func (c *Codec) Message(name string, s *string) {
	switch {
	case !c.Member(name):
	case c.In != nil:
		*s = text.Cut(c.In.Text(), text.MaxMessage)
	default:
		c.Out.Text(*s)
	}
}

// TextOf is a string in an object of its own, in which nothing else is read. It is never written.
func (c *Codec) TextOf(name, member string, s *string, limit int) {
	if c.Member(name) {
		*s = c.In.TextOf(member, limit)
	}
}

// Bool is true or false, and false where it is null.
func (c *Codec) Bool(name string, b *bool) {
	switch {
	case !c.Member(name):
	case c.In != nil:
		*b = c.In.Set()
	default:
		c.Out.Bool(*b)
	}
}

// Texts is a list of strings of at most limit bytes, and nil where it is empty.
func (c *Codec) Texts(name string, list *[]string, limit int) {
	if c.Member(name) {
		c.TextItems(list, limit)
	}
}

// TextItems is like [Codec.Texts], for a value that is no member.
func (c *Codec) TextItems(list *[]string, limit int) {
	if c.In != nil {
		*list = c.In.Texts(limit)
		return
	}
	c.Each(len(*list), func(i int) { c.Out.Text((*list)[i]) })
}

// Time is a time in RFC 3339.
func (c *Codec) Time(name string, t *time.Time) {
	switch {
	case !c.Member(name):
	case c.Out != nil:
		c.Out.Text(t.UTC().Format(time.RFC3339Nano))
	default:
		var err error
		s := c.In.Text()
		if *t, err = time.Parse(time.RFC3339Nano, s); err != nil {
			c.In.Failf("%s is not a time such as 2026-01-31T12:00:00Z", text.Quote(s))
		}
	}
}

// Items is a list, and nil where it is empty. Count is called before each item is read.
func Items[T any](c *Codec, list *[]T, count func(*Walker), item func(*Codec, *T)) {
	if c.Out != nil {
		c.Each(len(*list), func(i int) { item(c, &(*list)[i]) })
		return
	}
	// A list that grows is copied several times, and keeps room that it does not need.
	room := spare[T](c)
	items := (*room)[:0]
	c.Each(0, func(i int) {
		count(c.In)
		items = append(items, *new(T))
		item(c, &items[i])
	})
	if len(items) > largeList {
		*list = items
		return
	}
	*list = append([]T(nil), items...)
	clear(items)
	*room = items
	if i := slices.Index(c.spares[:], nil); i >= 0 {
		c.spares[i] = room
	}
}

// largeList is how long a list is that gets its own room.
const largeList = 256

// spare takes the room of a list of the type that was read before.
func spare[T any](c *Codec) *[]T {
	for i, room := range c.spares {
		if room, ok := room.(*[]T); ok {
			c.spares[i] = nil
			return room
		}
	}
	return new([]T)
}

// List is a member that is a list, see [Items].
func List[T any](c *Codec, name string, list *[]T, count func(*Walker), item func(*Codec, *T)) {
	if c.Member(name) {
		Items(c, list, count, item)
	}
}

// Each calls item for each index of a list: as many as come, or length where it is written.
func (c *Codec) Each(length int, item func(i int)) {
	if c.Out != nil {
		c.Out.list(length, item)
		return
	}
	if c.In.open(jsontext.KindBeginArray, "a list") {
		for i := 0; c.In.element(false); i++ {
			item(i)
		}
	}
}
