package discovery

import (
	"io"

	"github.com/kreconcile/kreconcile/discovery/internal/record"
)

// Load reads a snapshot that [Save] wrote, at most 64 MiB. It is strict: what it does not
// know is an error, because leaving it out could turn into an answer that the cluster never
// gave. What can seek is read twice in place of being kept. An empty list loads as nil. The
// errors tell a file that is cut off, one of another program and one of a newer kreconcile
// apart; they do not name the file.
func Load(r io.Reader) (*Snapshot, error) { return record.Load(r) }

// Save writes a snapshot as indented JSON that [Load] reads. Equal snapshots give equal
// bytes. An error of w is returned; so is one of a snapshot that is larger than Load takes,
// or that holds text which is not UTF-8.
func Save(w io.Writer, s *Snapshot) error { return record.Save(w, s) }
