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
	var v model.ServerVersion
	Document(w, "", "", func(name string) bool { return plainVersion.ReadMember(w, name, &v) })
	if v.GitVersion == "" && (v.Major == "" || v.Minor == "") {
		w.Fail(errors.New("it has neither a gitVersion nor a major and a minor"))
	}
	if err := w.End(); err != nil {
		return model.ServerVersion{}, err
	}
	return v, nil
}

var plainVersion = serverVersions.in(plain)

// SavedServerVersion is a server's version in a saved snapshot.
var SavedServerVersion = serverVersions.in(saved).Strict(nil)

var serverVersions = table[*model.ServerVersion]{
	{names: names{plain: "gitVersion", saved: "git_version"}, Value: part(func(v *model.ServerVersion) *string { return &v.GitVersion })},
	{names: names{plain: "major", saved: "major"}, Value: part(func(v *model.ServerVersion) *string { return &v.Major })},
	{names: names{plain: "minor", saved: "minor"}, Value: part(func(v *model.ServerVersion) *string { return &v.Minor })},
	{
		names: names{plain: "emulationMajor", saved: "emulation_major"}, Value: part(func(v *model.ServerVersion) *string { return &v.EmulationMajor }),
		optional: true, since: 2, omit: hasNoEmulation,
	},
	{
		names: names{plain: "emulationMinor", saved: "emulation_minor"}, Value: part(func(v *model.ServerVersion) *string { return &v.EmulationMinor }),
		optional: true, since: 2, omit: hasNoEmulation,
	},
	{names: names{plain: "platform", saved: "platform"}, Value: part(func(v *model.ServerVersion) *string { return &v.Platform })},
}

func part(at func(*model.ServerVersion) *string) jsonwalk.Value[*model.ServerVersion] {
	return jsonwalk.Text(at, MaxName)
}

// hasNoEmulation tells whether a server said nothing of what it emulates.
func hasNoEmulation(v *model.ServerVersion) bool {
	return v.EmulationMajor == "" && v.EmulationMinor == ""
}
