package document

import (
	"time"

	"github.com/kreconcile/kreconcile/internal/report"
)

// Origin is a snapshot, a release or a live server.
type Origin struct {
	Type     string    `json:"type"`
	Name     string    `json:"name"`
	Snapshot *Snapshot `json:"snapshot"`
	Release  *Release  `json:"release"`
	CRDs     *CRDs     `json:"crds"`
}

// Snapshot is a file with a snapshot.
type Snapshot struct {
	File          string  `json:"file"`
	Server        *string `json:"server"`
	ServerVersion *string `json:"server_version"`
	Emulation     *string `json:"emulation_version"`
	Time          *string `json:"time"`
}

// Release is a release of Kubernetes.
type Release struct {
	Version string `json:"version"`
	Source  string `json:"source"`
}

// CRDs are definitions that were laid over a snapshot or a release.
type CRDs struct {
	Paths       []string `json:"paths"`
	Definitions int      `json:"definitions"`
}

// NewOrigin returns an origin, and nil for nil.
func NewOrigin(o *report.Origin) *Origin {
	if o == nil {
		return nil
	}
	return &Origin{o.Kind(), o.Name(), NewSnapshot(o), NewRelease(o), NewCRDs(o)}
}

// NewSnapshot returns the snapshot that an origin is, and nil if it is none.
func NewSnapshot(o *report.Origin) *Snapshot {
	if !o.Recorded() {
		return nil
	}
	s := &Snapshot{
		File: o.Snapshot.Path, Server: OrNull(o.Endpoint), ServerVersion: OrNull(o.ServerVersion), Emulation: OrNull(o.EmulationVersion),
	}
	if !o.Snapshot.Time.IsZero() {
		s.Time = OrNull(o.Snapshot.Time.UTC().Format(time.RFC3339))
	}
	return s
}

// NewCRDs returns what was laid over an origin, and nil if that is nothing.
func NewCRDs(o *report.Origin) *CRDs {
	if o == nil || o.CRDs == 0 {
		return nil
	}
	return &CRDs{o.CRDPaths, o.CRDs}
}

// NewRelease returns the release that an origin is, and nil if it is none.
func NewRelease(o *report.Origin) *Release {
	if !o.Released() {
		return nil
	}
	return &Release{o.Release.Version, o.Release.Source}
}
