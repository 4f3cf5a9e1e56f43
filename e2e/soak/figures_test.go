package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestProblems tests that growth is found, and that going up and down is not.
func TestProblems(t *testing.T) {
	for name, test := range map[string]struct {
		quantity string
		values   []int
		want     []string
	}{
		"the same":         {goroutines, []int{3, 3, 3, 3, 3, 3, 3}, nil},
		"up and down":      {goroutines, []int{3, 9, 3, 3, 30, 3, 3, 9, 3}, nil},
		"a few more":       {files, []int{10, 10, 10, 11, 12, 12, 12}, nil},
		"one in each look": {files, []int{10, 11, 12, 13, 14, 15}, []string{"g leaks: open files from 10 to 14, and 2 more are tolerated (a connection, and a file that is being read)"}},
		"a heap that grows": {
			heap, []int{1 << 20, 3 << 20, 6 << 20, 9 << 20, 12 << 20, 15 << 20},
			[]string{
				"g leaks: heap, KiB from 1024 to 12288, and 8192 more are tolerated (connections that were closed lately, and documents that differ)",
			},
		},
		"a heap that is small once": {heap, []int{2 << 20, 11 << 20, 12 << 20, 14 << 20, 12 << 20, 11 << 20, 11 << 20, 12 << 20, 11 << 20}, nil},
		"a peak":                    {peak, []int{1 << 20, 65 << 20, 65 << 20}, []string{"g: 66560 KiB at its peak, at most 65536 are allowed"}},
		"too few to tell by":        {goroutines, []int{3, 3}, []string{"g: its goroutines were counted 2 times only"}},
		"fewer than there were":     {goroutines, []int{9, 9, 9, 3, 3, 3}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFigures()
			for _, value := range test.values {
				f.count("g", map[string]int{test.quantity: value})
			}
			if diff := cmp.Diff(test.want, f.problems()); diff != "" {
				t.Errorf("problems differ (-want +got):\n%s", diff)
			}
		})
	}
}
