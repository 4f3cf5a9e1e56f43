package apply

import (
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// Needs says what has to be asked before [Diff] can judge d, beyond what s holds
// already. It never names what was asked before, with or without success, so that
// asking for what it names comes to an end. Nothing is needed while the snapshot
// is of another endpoint than the declared one.
func Needs(d *config.Declaration, s *discovery.Snapshot) discovery.Needs {
	if EndpointDrifts(d, s.Endpoint) {
		return discovery.Needs{}
	}
	needs := discovery.Needs{
		Version:         d.Kubernetes != nil && d.Kubernetes.Enabled && !s.Version.Asked(),
		ServerAddresses: d.ServerAddress != nil && d.ServerAddress.Enabled && !s.ServerAddresses.Asked(),
	}
	switch {
	case !anyEnabled(d.APIs):
	case !s.Core.Asked() || !s.Named.Asked():
		needs.Documents = true
	default:
		_, j := diff(d, s)
		needs.Fields = j.wanted
		// What the answers lack is confirmed together with what the documents lack.
		needs.Confirmation = len(j.wanted) == 0 && j.absence && !s.Confirmed.Asked()
	}
	return needs
}

// EndpointDrifts tells whether the declaration expects another endpoint than the
// given one, which is scheme, host and port like [config.Endpoint.URL]. It is
// known before any request, so that no token goes to a server that is not the
// declared one.
func EndpointDrifts(d *config.Declaration, endpoint string) bool {
	return d.Endpoint != nil && d.Endpoint.Enabled && endpoint != "" && d.Endpoint.URL != endpoint
}

func anyEnabled(apis []*config.API) bool {
	for _, api := range apis {
		if api.Enabled {
			return true
		}
	}
	return false
}
