package apply

import (
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/endpoint"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// Needs returns what must be asked before [Diff] can judge d, beyond what s holds. It
// never repeats a question that was asked, with or without success, so asking for it
// ends. Nothing is needed if the snapshot is of another endpoint than the declared
// one.
func Needs(d *config.Declaration, s *discovery.Snapshot) discovery.Needs {
	if EndpointDrifts(d, s.Endpoint) {
		return discovery.Needs{}
	}
	// What the documents lack counts as absent here, so that questions which follow
	// from the absence come in the same round.
	assumed := *s
	assumed.Confirmed = discovery.Known(struct{}{})
	var all needed
	newJudge(&assumed).each(d, func(r ruling) {
		for _, n := range r.needs {
			all.add(n)
		}
	})
	return all.Needs
}

// EndpointDrifts reports whether the declaration expects another endpoint than that
// of the connection, which is a URL, or empty if unknown. This needs no request, so
// no token goes to a server other than the declared one.
func EndpointDrifts(d *config.Declaration, connection string) bool {
	declared := d.Endpoint()
	return declared != nil && connection != "" && !endpoint.Same(declared.URL, connection)
}

// need is one question to a cluster: one of the types below, a [discovery.FieldQuery]
// or a [discovery.Review]. Equal values are the same question.
type need any

type (
	// document is a document that answers many questions.
	document int
	// listOf asks for the resources of a group version, in its own document.
	listOf kubeapi.GroupVersion
	// answerOf asks whether the group version's own server answers.
	answerOf kubeapi.GroupVersion
)

// The documents.
const (
	groupsDocument document = iota
	versionDocument
	addressesDocument
)

// needed collects needs, each once.
type needed struct {
	discovery.Needs
	seen map[need]bool
}

func (all *needed) add(n need) {
	if all.seen[n] {
		return
	}
	if all.seen == nil {
		all.seen = map[need]bool{}
	}
	all.seen[n] = true
	switch n := n.(type) {
	case document:
		all.Documents = all.Documents || n == groupsDocument
		all.Version = all.Version || n == versionDocument
		all.ServerAddresses = all.ServerAddresses || n == addressesDocument
	case listOf:
		all.Lists = append(all.Lists, kubeapi.GroupVersion(n))
	case answerOf:
		all.Available = append(all.Available, kubeapi.GroupVersion(n))
	case discovery.FieldQuery:
		all.Fields = append(all.Fields, n)
	case discovery.Review:
		all.Reviews = append(all.Reviews, n)
	default:
		panic("apply: unknown need")
	}
}
