package discovery

import (
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	tests := []struct {
		attempt int
		jitter  float64
		want    time.Duration
	}{
		{1, 0, 250 * time.Millisecond},
		{1, 0.5, 375 * time.Millisecond},
		{2, 0, 500 * time.Millisecond},
		{3, 0, time.Second},
		{4, 0, 2 * time.Second},
		{4, 0.999_999_999, 3_999_999_998},
		{5, 0.5, 4 * time.Second},
	}
	for _, test := range tests {
		if got := backoff(test.attempt, test.jitter); got != test.want {
			t.Errorf("backoff(%d, %v) = %v, want %v", test.attempt, test.jitter, got, test.want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, time.January, 31, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name, header string
		want         time.Duration
	}{
		{"none", "", 0},
		{"seconds", "7", 7 * time.Second},
		{"zero", "0", 0},
		{"negative", "-1", 0},
		{"a day", "86400", 30 * time.Second},
		{"beyond any number", "99999999999999999999", 0},
		{"garbage", "soon", 0},
		{"fraction", "1.5", 0},
		{"date", "Sat, 31 Jan 2026 12:00:09 GMT", 9 * time.Second},
		{"date long after", "Sun, 31 Jan 2027 12:00:00 GMT", 30 * time.Second},
		{"date before", "Sat, 31 Jan 2026 11:00:00 GMT", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := retryAfter(test.header, now); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
