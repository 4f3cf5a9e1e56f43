package config_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// Which of what a server publishes is the declared address.
func TestServerAddressPublishes(t *testing.T) {
	tests := []struct {
		declared, published string
		want                bool
	}{
		{"10.0.1.149:443", "10.0.1.149:443", true},
		{"10.0.1.149:443", "[::ffff:10.0.1.149]:443", true},
		{"[::ffff:10.0.1.149]:443", "10.0.1.149:443", true},
		{"10.0.1.149:443", "10.0.1.149:0443", true},
		{"[fd00::1]:6443", "[FD00:0:0::1]:6443", true},
		{"[fd00:0:0::1]:6443", "[fd00::0001]:6443", true},
		{"[::ffff:a00:1]:443", "[::FFFF:10.0.0.1]:443", true},
		{"api.example.com:6443", "API.Example.com:6443", true},
		{"api.example.com:6443", "api.example.com.:6443", true},
		{"API.example.com.:6443", "api.example.com:6443", true},

		{"10.0.1.149:443", "10.0.1.149:6443", false},
		{"10.0.1.149:443", "10.0.1.14:443", false},
		{"10.0.1.149:443", "10.0.1.149", false},
		{"10.0.1.149:443", "https://10.0.1.149:443", false},
		{"10.0.1.149:443", "10.0.01.149:443", false},
		{"10.0.1.149:443", "[10.0.1.149]:443", false},
		{"10.0.0.1:443", "[::10.0.0.1]:443", false},
		{"[fd00::1]:6443", "fd00::1:6443", false},
		{"[fe80::1]:443", "[fe80::1%eth0]:443", false},
		{"api.example.com:6443", "api.example.com..:6443", false},
		{"k8s:6443", "\u212a8s:6443", false},
		{"a:1", "", false},
	}
	for _, test := range tests {
		t.Run(test.declared+" "+test.published, func(t *testing.T) {
			declared, err := endpoint.ParseAddress(test.declared)
			if err != nil {
				t.Fatal(err)
			}
			a := &config.ServerAddress{Addresses: []string{"10.9.9.9:9", declared}}
			if got := a.Publishes(test.published); got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
