package model

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/kreconcile/kreconcile/discovery/internal/text"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// ServerVersion is the answer of GET /version.
type ServerVersion struct {
	// GitVersion is the raw string, with a vendor's suffix: "v1.31.4-gke.1183000".
	GitVersion string
	Major      string
	Minor      string
	// EmulationMajor and EmulationMinor name the release that the server emulates, which
	// may be its own. They are empty for a server that is too old to say so.
	EmulationMajor string
	EmulationMinor string
	Platform       string
}

// ErrVersionNotStamped is in the error about a server that was built without its version.
var ErrVersionNotStamped = errors.New("the server does not know its own version")

// Binary gives the version of the server's own program: that in gitVersion, else the
// one in major and minor, whose patch is unknown. It is an error where neither can
// be read, and where the program was built without version information.
func (v ServerVersion) Binary() (kubeapi.Version, error) {
	git, gitErr := kubeapi.ParseVersion(v.GitVersion)
	if gitErr == nil && isStamped(git) {
		return git, nil
	}
	fields, fieldsErr := kubeapi.ParseMajorMinor(v.Major, v.Minor)
	switch {
	case fieldsErr == nil && isStamped(fields):
		return fields, nil
	case gitErr == nil || fieldsErr == nil:
		return kubeapi.Version{}, fmt.Errorf(
			"%w, because it was built without version information: gitVersion is %s, major %s, minor %s",
			ErrVersionNotStamped, text.Quote(v.GitVersion), text.Quote(v.Major), text.Quote(v.Minor))
	}
	return kubeapi.Version{}, fmt.Errorf("no version can be read from gitVersion %s, major %s, minor %s",
		text.Quote(v.GitVersion), text.Quote(v.Major), text.Quote(v.Minor))
}

// isStamped is false for what the sources of Kubernetes hold before a release build
// replaces it: "v0.0.0-master+$Format:%H$".
//
// Source: https://github.com/kubernetes/component-base/blob/master/version/base.go
func isStamped(v kubeapi.Version) bool { return v.Major > 0 || v.Minor > 0 }

// Release gives the version that the server's API is of. A server that emulates an
// older release serves the API of that one, whose patch is unknown; any other serves
// that of its own version. It is an error where that cannot be determined.
//
// Source: https://kubernetes.io/docs/concepts/cluster-administration/compatibility-version/
func (v ServerVersion) Release() (kubeapi.Version, error) {
	binary, err := v.Binary()
	if v.EmulationMajor == "" && v.EmulationMinor == "" {
		return binary, err
	}
	emulated, emulatedErr := kubeapi.ParseMajorMinor(v.EmulationMajor, v.EmulationMinor)
	if emulatedErr == nil && !isStamped(emulated) {
		emulatedErr = errors.New("it is 0.0")
	}
	if emulatedErr != nil {
		return kubeapi.Version{}, fmt.Errorf("the release that the server emulates cannot be read from emulationMajor %s, emulationMinor %s: %w",
			text.Quote(v.EmulationMajor), text.Quote(v.EmulationMinor), emulatedErr)
	}
	if err != nil {
		// It does not know what it is, and knows what it serves.
		return emulated, nil //nolint:nilerr // why it does not know what it is, is no failure then
	}
	switch order := compareMinors(emulated, binary); {
	case order == 0:
		return binary, nil
	case order > 0:
		return kubeapi.Version{}, fmt.Errorf("the server says that it emulates %s, which is newer than %s itself", emulated, binary)
	}
	return emulated, nil
}

// Emulates gives the release that the server emulates, such as "1.33". It is empty
// where the server emulates none, and where that cannot be determined.
func (v ServerVersion) Emulates() string {
	release, err := v.Release()
	if err != nil {
		return ""
	}
	if binary, err := v.Binary(); err == nil && compareMinors(release, binary) == 0 {
		return ""
	}
	return minorOf(release)
}

// EmulationVersion gives the release whose API the server serves, such as "1.33":
// the one that it emulates, else its own minor version. It is an error where that
// cannot be determined.
func (v ServerVersion) EmulationVersion() (string, error) {
	release, err := v.Release()
	if err != nil {
		return "", err
	}
	return minorOf(release), nil
}

// String says what a reader has to know: "v1.36.3", "v1.36.3, emulating 1.33", or
// "custom (1.27)" where gitVersion does not tell the minor version. It is empty for
// the zero ServerVersion.
func (v ServerVersion) String() string {
	text := v.GitVersion
	if text == "" && v.Major+v.Minor != "" {
		text = v.Major + "." + v.Minor
	} else if git, err := kubeapi.ParseVersion(text); err != nil || !isStamped(git) {
		if binary, err := v.Binary(); err == nil {
			text += " (" + minorOf(binary) + ")"
		}
	}
	if emulated := v.Emulates(); emulated != "" {
		text += ", emulating " + emulated
	}
	return text
}

func minorOf(v kubeapi.Version) string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

func compareMinors(a, b kubeapi.Version) int {
	return cmp.Or(cmp.Compare(a.Major, b.Major), cmp.Compare(a.Minor, b.Minor))
}
