package nearest_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/internal/nearest"
)

func TestName(t *testing.T) {
	known := []string{"httproutes", "grpcroutes", "gateways", "get", "list"}
	tests := []struct{ name, given, want string }{
		{"one letter is missing", "httproute", "httproutes"},
		{"two letters are swapped", "httpruotes", "httproutes"},
		{"a short name may miss little", "lst", "list"},
		{"two letters of a short name are swapped", "lits", "list"},
		{"only the beginning is there", "grpc", "grpcroutes"},
		{"too little of the beginning is there", "ga", ""},
		{"nothing is like it", "deployments", ""},
		{"a short name is not like all others", "x", ""},
		{"what is known needs no suggestion", "gateways", ""},
		{"nothing was given", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := nearest.Name(tt.given, known); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNameTakesTheFirstOfEquals(t *testing.T) {
	if got := nearest.Name("v1", []string{"v2", "v3"}); got != "v2" {
		t.Errorf("got %q", got)
	}
}

// Of several names that begin with given, the nearest one is meant.
func TestNameTakesTheShortestContinuation(t *testing.T) {
	for _, known := range [][]string{{"ingressclasses", "ingresses"}, {"ingresses", "ingressclasses"}} {
		if got := nearest.Name("ingres", known); got != "ingresses" {
			t.Errorf("of %q: got %q", known, got)
		}
	}
}

// A server may have many long names.
func TestNamePassesOverOtherLengths(t *testing.T) {
	known := []string{strings.Repeat("httproute", 10_000), "x"}
	if n := testing.AllocsPerRun(1, func() { nearest.Name("httproute", known) }); n > 0 {
		t.Errorf("they were compared, with %.0f allocations", n)
	}
}
