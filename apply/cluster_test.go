package apply_test

import (
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
)

func TestCluster(t *testing.T) {
	runCases(t, []diffCase{
		{
			name:        "the cluster is as declared",
			declaration: "cluster {\n endpoint = \"https://10.0.0.1\"\n server_address = [\"10.0.0.9:443\", \"10.0.0.1:6443\"]\n kubernetes = \">= 1.30, < 1.38\"\n}",
			want: []string{
				`cluster.endpoint satisfied`,
				`cluster.server_address satisfied`,
				`cluster.kubernetes satisfied`,
			},
		},
		{
			name:        "a published host name differs in its case only",
			declaration: "cluster {\n server_address = \"api.example.com:443\"\n}",
			change:      func(s *discovery.Snapshot) { s.ServerAddresses.Value = []string{"API.example.com:443"} },
			want:        []string{`cluster.server_address satisfied`},
		},
		{
			name:        "published addresses are compared as addresses",
			declaration: "cluster {\n server_address = [\"[fd00:0::1]:6443\", \"[::ffff:10.0.0.7]:443\"]\n}",
			change: func(s *discovery.Snapshot) {
				s.ServerAddresses.Value = []string{"api.example.com.:443", "10.0.0.7:443"}
			},
			want: []string{`cluster.server_address satisfied`},
		},
		{
			name:        "a published address that cannot be read is another one",
			declaration: "cluster {\n server_address = \"10.0.0.7:443\"\n}",
			change:      func(s *discovery.Snapshot) { s.ServerAddresses.Value = []string{"https://10.0.0.7:443", "10.0.0.7"} },
			want:        []string{`cluster.server_address drifted server-address-mismatch "10.0.0.7:443" -> "https://10.0.0.7:443, 10.0.0.7"`},
		},
		{
			name:        "the patch version is unknown, and decides",
			declaration: "cluster {\n kubernetes = \">= 1.27.3\"\n}",
			change: func(s *discovery.Snapshot) {
				s.Version.Value = discovery.ServerVersion{GitVersion: "custom", Major: "1", Minor: "27+"}
			},
			want: []string{
				`cluster.kubernetes undetermined invalid-response: GET /version: no patch version can be read from gitVersion "custom", and ">= 1.27.3" depends on it`,
			},
		},
		{
			name:        "major and minor are outside of the range",
			declaration: "cluster {\n kubernetes = \">= 1.28.3\"\n}",
			change: func(s *discovery.Snapshot) {
				s.Version.Value = discovery.ServerVersion{Major: "1", Minor: "27"}
			},
			want: []string{`cluster.kubernetes drifted kubernetes-version-mismatch ">= 1.28.3" -> "1.27"`},
		},
		{
			name:        "the cluster is another",
			declaration: "cluster {\n endpoint = \"https://10.0.0.2\"\n server_address = [\"10.0.0.9:443\", \"10.0.0.8:443\"]\n kubernetes = \"< 1.30\"\n}",
			want: []string{
				`cluster.endpoint drifted endpoint-mismatch "https://10.0.0.2:443" -> "https://10.0.0.1:443"`,
				`cluster.server_address drifted server-address-mismatch "10.0.0.9:443, 10.0.0.8:443" -> "10.96.0.1:443, 10.0.0.1:6443"`,
				`cluster.kubernetes drifted kubernetes-version-mismatch "< 1.30" -> "v1.31.4-gke.1183000"`,
			},
		},
		{
			name:        "the git version cannot be read, but major and minor can",
			declaration: "cluster {\n kubernetes = \">= 1.27\"\n}",
			change: func(s *discovery.Snapshot) {
				s.Version.Value = discovery.ServerVersion{GitVersion: "custom", Major: "1", Minor: "27+"}
			},
			want: []string{`cluster.kubernetes satisfied`},
		},
		{
			name:        "no version can be read",
			declaration: "cluster {\n kubernetes = \">= 1.27\"\n}",
			change:      func(s *discovery.Snapshot) { s.Version.Value = discovery.ServerVersion{GitVersion: "custom"} },
			want: []string{
				`cluster.kubernetes undetermined invalid-response: GET /version: no version can be read from gitVersion "custom", major "", minor ""`,
			},
		},
		{
			name:        "the cluster block is switched off",
			declaration: "api \"v1\" {}\ncluster {\n enabled = false\n endpoint = \"https://10.0.0.2\"\n server_address = \"x:1\"\n kubernetes = \"< 1.0\"\n}",
			want: []string{
				`api["v1"] satisfied`,
				`cluster.endpoint skipped`,
				`cluster.server_address skipped`,
				`cluster.kubernetes skipped`,
			},
		},
	})
}
