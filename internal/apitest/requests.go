package apitest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Request is a request that the server got.
type Request struct {
	Method string
	Path   string
	Query  string
	Accept string
	// Body is the request's body, up to a limit that no test should reach.
	Body string
	// Credentials is its Authorization header.
	Credentials string
	// Authorized is whether the request had the right token. It is true if the server
	// has no token.
	Authorized bool
	// Proto is "HTTP/1.1" or "HTTP/2.0".
	Proto string
	// Connection is the number of the connection; the first is 1.
	Connection int
	// Status is the server's answer, and 0 if it broke the connection.
	Status int
}

// Requests returns the requests so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Count returns the number of requests for the path so far, whatever their query.
func (s *Server) Count(path string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Path == path {
			n++
		}
	}
	return n
}

// Await waits until each path was requested, whatever the query. It fails the test
// after a minute. The path "*" is any.
func (s *Server) Await(t testing.TB, paths ...string) {
	t.Helper()
	late := time.After(time.Minute)
	for _, path := range paths {
		for {
			s.mu.Lock()
			if s.asked == nil {
				s.asked = make(chan struct{})
			}
			asked := s.asked
			came := slices.ContainsFunc(s.requests, func(r Request) bool { return path == "*" || r.Path == path })
			s.mu.Unlock()
			if came {
				break
			}
			select {
			case <-asked:
			case <-late:
				t.Fatalf("%s was not asked for:\n%s", path, s.DumpRequests())
			}
		}
	}
}

// Handshakes returns the number of completed TLS handshakes.
func (s *Server) Handshakes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.handshakes
}

// Paths returns the paths of all requests so far, sorted, with repetitions.
func (s *Server) Paths() []string {
	var paths []string
	for _, r := range s.Requests() {
		paths = append(paths, r.Path)
	}
	slices.Sort(paths)
	return paths
}

// DumpRequests describes the requests, for the message of a failed test.
func (s *Server) DumpRequests() string {
	var b bytes.Buffer
	for _, r := range s.Requests() {
		fmt.Fprintf(&b, "%s %s %s connection %d: %d, accept %s\n", r.Proto, r.Method, r.Path, r.Connection, r.Status, strings.ReplaceAll(r.Accept, ",", ", "))
	}
	return b.String()
}
