package outlet

import (
	"io"
	"time"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

// Meter shows on a terminal how much of a long input was read. It shows nothing elsewhere, and nothing of
// what takes less than a second.
type Meter struct {
	out *Guard
	// width returns the columns of the terminal. It is nil without a terminal.
	width func() int
	next  time.Time
	bytes int64
}

// NewMeter returns a meter. width is as for [StartProgress]. The caller must close the meter.
func NewMeter(out *Guard, width func() int) *Meter {
	return &Meter{out: out, width: width, next: time.Now().Add(time.Second)}
}

// Of returns a reader of an input, which counts for the meter.
func (m *Meter) Of(input string, r io.Reader) io.Reader { return metered{m, input, r} }

// Close removes the line.
func (m *Meter) Close() { m.out.Show("") }

type metered struct {
	meter *Meter
	input string
	from  io.Reader
}

// Read shows the line at most once a second.
func (r metered) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	m := r.meter
	m.bytes += int64(n)
	if now := time.Now(); m.width != nil && !now.Before(m.next) {
		m.next = now.Add(time.Second)
		m.out.Show(view.Fit(report.Reading(r.input, m.bytes), m.width()))
	}
	return n, err
}
