package discovery

import "io"

// decodeServerVersion reads the answer of GET /version. It has to tell a version
// in one way or the other.
func decodeServerVersion(r io.Reader) (ServerVersion, error) {
	w := newWalker(r, limits{})
	var v ServerVersion
	w.document("", "", func(name string) bool {
		switch name {
		case "gitVersion":
			v.GitVersion = w.atMost(maxName)
		case "major":
			v.Major = w.atMost(maxName)
		case "minor":
			v.Minor = w.atMost(maxName)
		case "emulationMajor":
			v.EmulationMajor = w.atMost(maxName)
		case "emulationMinor":
			v.EmulationMinor = w.atMost(maxName)
		case "platform":
			v.Platform = w.atMost(maxName)
		default:
			return false
		}
		return true
	})
	if w.err == nil && v.GitVersion == "" && (v.Major == "" || v.Minor == "") {
		w.err = &brokenError{what: "it has neither a gitVersion nor a major and a minor"}
	}
	if err := w.end(); err != nil {
		return ServerVersion{}, err
	}
	return v, nil
}
