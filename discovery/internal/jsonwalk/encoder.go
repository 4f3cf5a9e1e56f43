package jsonwalk

import (
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Encoder writes one JSON document token by token, until the first error.
type Encoder struct {
	json *jsontext.Encoder
	err  error
}

// NewEncoder gives an encoder that writes to w.
func NewEncoder(w io.Writer, options ...jsontext.Options) *Encoder {
	return &Encoder{json: jsontext.NewEncoder(w, options...)}
}

// Err gives the error that ended the writing, if one did.
func (e *Encoder) Err() error { return e.err }

// Object writes an object, whose members are what it calls.
func (e *Encoder) Object(members func()) {
	e.token(jsontext.BeginObject)
	members()
	e.token(jsontext.EndObject)
}

// Name writes the name of a member. Its value comes next.
func (e *Encoder) Name(name string) { e.token(jsontext.String(name)) }

// Text writes a string.
func (e *Encoder) Text(value string) { e.token(jsontext.String(value)) }

// Bool writes true or false.
func (e *Encoder) Bool(value bool) { e.token(jsontext.Bool(value)) }

func (e *Encoder) list(length int, item func(i int)) {
	e.token(jsontext.BeginArray)
	for i := range length {
		item(i)
	}
	e.token(jsontext.EndArray)
}

func (e *Encoder) token(t jsontext.Token) {
	if e.err == nil {
		e.err = e.json.WriteToken(t)
	}
}
