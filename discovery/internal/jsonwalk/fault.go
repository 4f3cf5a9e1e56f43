package jsonwalk

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
)

// Fail ends the walk because of the whole document.
func (w *Walker) Fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// faultError says where and how a document is not what it should be.
type faultError struct {
	at   jsontext.Pointer
	what string
	err  error
}

func (e *faultError) Error() string {
	if e.at == "" {
		return e.what
	}
	return fmt.Sprintf("at %s: %s", text.Cut(string(e.at), text.MaxQuote), e.what)
}

func (e *faultError) Unwrap() error { return e.err }

// Failf ends the walk because of the value that was read last.
func (w *Walker) Failf(format string, args ...any) {
	if w.err == nil {
		w.err = &faultError{at: w.dec.StackPointer(), what: fmt.Sprintf(format, args...)}
	}
}

// fail ends the walk because the decoder cannot go on.
func (w *Walker) fail(err error) {
	if w.err != nil {
		return
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		e := &faultError{at: syntax.JSONPointer, err: err}
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			e.what = fmt.Sprintf("it ends in the middle, after %d bytes", syntax.ByteOffset)
		case errors.Is(err, jsontext.ErrDuplicateName):
			e.at = syntax.JSONPointer.Parent()
			e.what = fmt.Sprintf("the name %s is there twice", text.Quote(syntax.JSONPointer.LastToken()))
		default:
			e.what = fmt.Sprintf("it is not JSON: %v after %d bytes", syntax.Err, syntax.ByteOffset)
		}
		err = e
	} else if errors.Is(err, io.EOF) {
		err = &faultError{what: "it is empty", err: io.ErrUnexpectedEOF}
	}
	w.err = err
}

func (w *Walker) mismatch(got jsontext.Kind, want string) {
	if w.err != nil {
		return
	}
	var is string
	switch got {
	case jsontext.KindNull:
		is = "null"
	case jsontext.KindTrue, jsontext.KindFalse:
		is = "true or false"
	case jsontext.KindString:
		is = "a string"
	case jsontext.KindNumber:
		is = "a number"
	case jsontext.KindBeginObject:
		is = "an object"
	case jsontext.KindBeginArray:
		is = "a list"
	default:
		is = strconv.Quote(got.String())
	}
	w.Failf("%s stands where %s is expected", is, want)
}
