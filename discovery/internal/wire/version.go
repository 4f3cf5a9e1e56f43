package wire

import (
	"errors"
	"io"

	"github.com/kreconcile/kreconcile/discovery/internal/jsonwalk"
	"github.com/kreconcile/kreconcile/discovery/internal/model"
)

// DecodeServerVersion reads the answer of GET /version. It has to give a version in one way
// or the other.
func DecodeServerVersion(r io.Reader) (model.ServerVersion, error) {
	w := jsonwalk.New(r, jsonwalk.Limits{})
	c := &codec{In: w, Form: plain}
	var v model.ServerVersion
	Document(w, "", "", func(name string) bool {
		return c.Read(name, func() { serverVersion(c, &v) })
	})
	if v.GitVersion == "" && (v.Major == "" || v.Minor == "") {
		w.Fail(errors.New("it has neither a gitVersion nor a major and a minor"))
	}
	if err := w.End(); err != nil {
		return model.ServerVersion{}, err
	}
	return v, nil
}
