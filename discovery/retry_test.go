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
