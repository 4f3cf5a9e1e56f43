package target

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/compare"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/manifest"
)

// Target is a release or a recorded snapshot.
type Target struct {
	Snapshot *discovery.Snapshot
	Origin   *report.Origin
	// Release is nil for a snapshot.
	Release *catalog.Selection
}

// Read reads a release, or the snapshot in a file.
func Read(text string) (*Target, error) {
	if !IsRelease(text) {
		return Snapshot(text)
	}
	selections, err := catalog.Parse([]string{text})
	switch {
	case err != nil:
		err = errors.Unwrap(err)
		if _, found := os.Stat(text); !errors.Is(found, fs.ErrNotExist) {
			err = fmt.Errorf("%w; to read the file of that name, write ./%s", err, text)
		}
		return nil, err
	case len(selections) != 1:
		return nil, fmt.Errorf("%q is several releases; name one", text)
	}
	return Release(selections[0]), nil
}

// IsRelease reports whether an argument is a release or a range of releases, and not a path.
func IsRelease(text string) bool {
	digits := strings.TrimPrefix(text, "v")
	return digits != "" && digits[0] >= '0' && digits[0] <= '9' && strings.Trim(digits, "0123456789.") == ""
}

// Snapshot reads the snapshot in a file.
func Snapshot(path string) (*Target, error) {
	s, err := files.LoadSnapshot(path)
	if err != nil {
		return nil, err
	}
	origin := &report.Origin{Endpoint: s.Endpoint, Snapshot: &report.SnapshotFile{Path: path, Time: s.Time}}
	return &Target{Snapshot: s, Origin: origin.WithVersion(s.Version.Value)}, nil
}

// Release returns what a release serves.
func Release(r catalog.Selection) *Target {
	return &Target{
		Snapshot: r.Release.Snapshot(), Release: &r,
		Origin: &report.Origin{Release: &report.Release{Version: r.Version, Source: r.Release.Source().String()}},
	}
}

// Side returns the target with everything that can be compared, after the definitions from the paths are
// applied. Nil has no definitions.
func (t *Target) Side(crds *manifest.CRDs, paths []string) compare.Side {
	side := compare.Side{Snapshot: t.Snapshot}
	if t.Release != nil {
		r := t.Release.Release
		t.Snapshot.Schemas = r.Schemas()
		if !r.HasShortNames() {
			side.NoShortNames = &discovery.Failure{Code: discovery.NotInCatalogue, Message: "releases before 1.28 do not publish them"}
		}
	}
	crds.Lay(t.Snapshot)
	crds.LaySchemas(t.Snapshot)
	t.Origin.CRDs, t.Origin.CRDPaths = crds.Len(), paths
	return side
}

// KubeVersion returns the version as helm takes it. Of a release without a patch, it is the patch
// release that the catalogue was made from.
func (t *Target) KubeVersion() (string, *discovery.Failure) {
	if t.Release != nil {
		if t.Release.Patch != "" {
			return t.Release.Patch, nil
		}
		return "v" + t.Release.Release.Source().String(), nil
	}
	if f := t.Snapshot.Version.Unknown(); f != nil {
		return "", f
	}
	v := t.Snapshot.Version.Value
	binary, err := v.Binary()
	if err != nil {
		return "", &discovery.Failure{Code: discovery.InvalidResponse, Message: err.Error(), Err: err}
	}
	if v.GitVersion != "" && report.Argument(v.GitVersion) && !errors.Is(err, discovery.ErrVersionNotStamped) {
		return v.GitVersion, nil
	}
	return "v" + binary.String(), nil
}
