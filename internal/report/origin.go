package report

import (
	"cmp"
	"fmt"
	"time"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// Origin says where the facts come from: a live server, a snapshot file or a release of
// Kubernetes.
type Origin struct {
	// Endpoint is the base URL that was asked, now or when the snapshot was taken. It
	// is empty if the snapshot does not have it.
	Endpoint string
	// Context is the context of a kubeconfig that was asked, and empty without one. Insecure is set if the
	// server's certificate was not verified.
	Context  string
	Insecure bool
	// ServerVersion is the raw gitVersion. It is empty if it was not asked for, or
	// the request failed. EmulationVersion is the release whose API the server
	// serves, and Emulates is that release if it differs from the server's own.
	ServerVersion    string
	EmulationVersion string
	Emulates         string
	// Snapshot is nil unless a file was read.
	Snapshot *SnapshotFile
	// Release is nil unless a release was judged. All else but CRDs is empty then.
	Release *Release
	// CRDs is how many CustomResourceDefinitions were laid over the snapshot or the release, and CRDPaths
	// where they are from, as given.
	CRDs     int
	CRDPaths []string
	// Requests, the number of them answered by 304, the received Bytes and Duration
	// are zero unless a server was asked.
	Requests    int
	NotModified int
	Bytes       int64
	Duration    time.Duration
}

// SnapshotFile is a file with a snapshot.
type SnapshotFile struct {
	Path string
	// Time is when the snapshot was taken, and zero if the file does not have it.
	Time time.Time
}

// Release is a release of Kubernetes.
type Release struct {
	// Version is that of the command line: "1.34" for any patch, or "1.34.2".
	Version string
	// Source is the patch release whose published files say what the release serves.
	Source string
}

// Recorded reports whether a snapshot was judged, so that no server was asked.
func (o *Origin) Recorded() bool { return o != nil && o.Snapshot != nil }

// Released reports whether a release of Kubernetes was judged.
func (o *Origin) Released() bool { return o != nil && o.Release != nil }

// Kind returns the kind of target, as the JSON output calls it.
func (o *Origin) Kind() string {
	switch {
	case o.Recorded():
		return "snapshot"
	case o.Released():
		return "release"
	case o.Context != "":
		return "context"
	}
	return "server"
}

// Name names the target: a path, a release or a URL.
func (o *Origin) Name() string {
	switch {
	case o.Recorded():
		return o.Snapshot.Path
	case o.Released():
		return o.Release.Version
	case o.Context != "":
		return o.Context
	}
	return o.Endpoint
}

// Line returns a sentence about what was asked or read.
func (o *Origin) Line() string {
	version := ""
	if o.ServerVersion != "" {
		version = " (" + o.version() + ")"
	}
	applied := o.applied()
	switch {
	case o.Released():
		return fmt.Sprintf("Judged by what Kubernetes %s serves by default (as published with %s)%s.", o.Release.Version, o.Release.Source, applied)
	case o.Recorded() && o.Endpoint == "":
		return "Read the snapshot " + safe.Line(o.Snapshot.Path) + version + applied + "."
	case o.Recorded():
		return fmt.Sprintf("Read the snapshot %s of %s%s, taken %s%s.", safe.Line(o.Snapshot.Path), safe.Line(o.Endpoint), version,
			o.Snapshot.Time.UTC().Format("2006-01-02 15:04:05 UTC"), applied)
	case o.Requests == 0:
		return "Asked nothing of " + safe.Line(cmp.Or(o.Endpoint, o.Name())) + "."
	}
	insecure := ""
	if o.Insecure {
		insecure = ", without verifying its certificate"
	}
	return fmt.Sprintf("Asked %s%s%s: %s, %s, %s.", safe.Line(o.Endpoint), version, insecure, plural(o.Requests, "request"),
		byteCount(o.Bytes), o.Duration.Round(time.Millisecond))
}

func (o *Origin) applied() string {
	if text := o.Applied(); text != "" {
		return ", with " + text + " applied"
	}
	return ""
}

// Applied counts the CustomResourceDefinitions that were laid over the target. It is empty if there are none.
func (o *Origin) Applied() string {
	if o == nil || o.CRDs == 0 {
		return ""
	}
	return plural(o.CRDs, "CustomResourceDefinition")
}

// version returns the server's version, and the version that it emulates.
func (o *Origin) version() string {
	if o.Emulates == "" {
		return safe.Line(o.ServerVersion)
	}
	return safe.Line(o.ServerVersion) + ", emulating " + safe.Line(o.Emulates)
}

// Recorded returns the line about a snapshot that was written to a path, or to
// standard output if path is empty.
func Recorded(o *Origin, path string, size int) string {
	line := "Recorded "
	if o.ServerVersion != "" {
		line += o.version()
		if o.Emulates != "" {
			line += ","
		}
		line += " of "
	}
	line += safe.Line(o.Endpoint) + ": "
	if path != "" {
		line += safe.Line(path) + ", "
	}
	return line + byteCount(int64(size))
}

// Reading returns the line about an input that is being read, of which some bytes were.
func Reading(input string, bytes int64) string {
	return "Read " + byteCount(bytes) + " of manifests, in " + safe.Line(input)
}

// WithVersion adds the server's version, which is empty if it is not known.
func (o *Origin) WithVersion(v discovery.ServerVersion) *Origin {
	if v == (discovery.ServerVersion{}) {
		return o
	}
	o.ServerVersion, o.Emulates = v.GitVersion, v.Emulates()
	// A version that cannot be determined is not shown.
	o.EmulationVersion, _ = v.EmulationVersion()
	return o
}
