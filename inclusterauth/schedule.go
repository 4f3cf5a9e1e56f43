package inclusterauth

import "time"

// A file's content is used for freshFor before it is read again. After a failed read,
// the next try comes after retryAfter, so that a broken folder is not read at every
// request.
const (
	freshFor   = 50 * time.Second
	retryAfter = 10 * time.Second
)

// schedule says when to read a file again. Its owner must guard it.
type schedule struct {
	checked time.Time
	wait    time.Duration
}

// due is also true if the clock was set back, because the age is unknown then.
func (s schedule) due(now time.Time) bool {
	age := now.Sub(s.checked)
	return age < 0 || age >= s.wait
}
