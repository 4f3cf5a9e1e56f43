package inclusterauth

import "time"

// A file's content is trusted for freshFor; a read that failed is tried again
// after retryAfter, so that a folder that stays broken is neither hammered nor
// forgotten.
const (
	freshFor   = 50 * time.Second
	retryAfter = 10 * time.Second
)

// schedule says when a file is to be read again. It must be guarded by whoever
// holds it.
type schedule struct {
	checked time.Time
	wait    time.Duration
}

// due is true also for a clock that was set back, which says nothing about age.
func (s schedule) due(now time.Time) bool {
	age := now.Sub(s.checked)
	return age < 0 || age >= s.wait
}
