package apply_test

import (
	"math/rand/v2"
	"slices"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// The names are few and similar, so that a requirement is often served, or something
// similar is.
var (
	groupNames        = []string{"", "", "", "apps", "apps", "app", "apps.k8s.io"}
	versionNames      = []string{"v1", "v1", "v1", "v1", "v1beta1", "v2"}
	resourceNames     = []string{"pods", "pods", "pod", "podsets", "nodes", "Jobs.batch"}
	kindNames         = []string{"Pod", "Pod", "PodSet", "Node"}
	subresourceNames  = []string{"log", "logs", "status", "scale", "http_requests", "log/x"}
	verbNames         = []string{"get", "list", "create", "patch"}
	fieldPaths        = []string{"spec", "spec.replicas", "spec.items[]"}
	fieldTypes        = []string{"string", "integer", "array", "object", "int-or-string"}
	enumValues        = []string{"Always", "Never"}
	accessedResources = []string{
		"pods", "pods/log", "nodes", "pod", "podsets.apps", "pods.apps", "pods.apps/scale", "*", "*.apps", "*.*", "users", "nodes/metrics",
		"pods/finalizers", "podsets.apps/finalizers", "signers.certificates.k8s.io", "serviceaccounts.authentication.k8s.io",
	}
	endpoints = []string{"https://10.0.1.149:443", "https://10.0.1.150:443"}
	published = []string{"10.0.1.149:443", "10.0.1.150:443", "[fd00::1]:443", "[::ffff:10.0.1.149]:443", "[fd00:0:0::1]:443"}
)

// dice makes choices from bytes, which a fuzzer can change one by one, and then from
// a seed.
type dice struct {
	bytes *[]byte
	rand  *rand.Rand
}

func newDice(seed uint64, bytes []byte) dice {
	return dice{bytes: &bytes, rand: rand.New(rand.NewPCG(seed, 10))}
}

func (d dice) below(n int) int {
	if b := *d.bytes; len(b) > 0 {
		*d.bytes = b[1:]
		return int(b[0]) % n
	}
	return d.rand.IntN(n)
}

func (d dice) chance(percent int) bool { return d.below(100) < percent }

func (d dice) one(of ...string) string { return of[d.below(len(of))] }

func (d dice) some(of []string) []string {
	var chosen []string
	for _, s := range of {
		if d.chance(40) {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

// atLeastOne chooses one or two.
func (d dice) atLeastOne(of []string) []string {
	chosen := []string{d.one(of...)}
	for range d.below(2) {
		if s := d.one(of...); s != chosen[0] {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

func (d dice) groupVersion() kubeapi.GroupVersion {
	return kubeapi.GroupVersion{Group: d.one(groupNames...), Version: d.one(versionNames...)}
}

// fact makes a fact that is usually known.
func fact[T any](d dice, value func() T) discovery.Fact[T] {
	if d.chance(92) {
		return discovery.Known(value())
	}
	code := []discovery.FailureCode{discovery.Forbidden, discovery.Unavailable, discovery.Timeout}[d.below(3)]
	return discovery.Failed[T](&discovery.Failure{Code: code, Message: "no answer"})
}

// randomSnapshot makes a snapshot with some of all answers.
func randomSnapshot(d dice) *discovery.Snapshot {
	s := &discovery.Snapshot{}
	if d.chance(85) {
		s.Endpoint = endpoints[0]
	}
	var all discovery.Needs
	all.Documents = d.chance(90)
	all.Version = d.chance(40)
	all.ServerAddresses = d.chance(40)
	confirmed := d.chance(40)
	answer(d, s, all)
	if confirmed {
		s.Confirmed = fact(d, func() (none struct{}) { return none })
	}
	return s
}

// answer adds answers to a snapshot, as a client would.
func answer(d dice, s *discovery.Snapshot, needs discovery.Needs) {
	if needs.Documents && !s.Core.Asked() {
		s.Core = fact(d, func() discovery.Group {
			if d.chance(10) {
				return discovery.Group{}
			}
			return randomGroup(d, "")
		})
	}
	if needs.Documents && !s.Named.Asked() {
		s.Named = fact(d, func() []discovery.Group {
			var groups []discovery.Group
			for _, name := range []string{"apps", "app", "apps.k8s.io"} {
				if d.chance(80) {
					groups = append(groups, randomGroup(d, name))
				}
			}
			return groups
		})
	}
	if needs.Version {
		s.Version = fact(d, func() discovery.ServerVersion { return serverVersions[d.below(len(serverVersions))].answer })
	}
	if needs.ServerAddresses {
		s.ServerAddresses = fact(d, func() []string { return d.some(published) })
	}
	for _, q := range needs.Fields {
		if s.Fields == nil {
			s.Fields = map[discovery.FieldQuery]discovery.Fact[discovery.Field]{}
		}
		s.Fields[q] = fact(d, func() discovery.Field { return randomField(d) })
	}
	for _, r := range needs.Reviews {
		if s.Reviews == nil {
			s.Reviews = map[discovery.Review]discovery.Fact[discovery.ReviewAnswer]{}
		}
		s.Reviews[r] = fact(d, func() discovery.ReviewAnswer {
			a := discovery.ReviewAnswer{Allowed: d.chance(50)}
			a.Denied = !a.Allowed && d.chance(30)
			if d.chance(25) {
				a.EvaluationError = "an authorizer failed"
			}
			return a
		})
	}
}

func randomGroup(d dice, name string) discovery.Group {
	g := discovery.Group{Name: name}
	for _, version := range []string{"v1", "v1beta1", "v2"} {
		if d.chance(75) {
			g.Versions = append(g.Versions, randomVersion(d, version))
		}
	}
	g.Preferred = d.one("v1", "v1", "v1beta1", "v2", "")
	return g
}

func randomVersion(d dice, name string) discovery.Version {
	v := discovery.Version{Name: name}
	switch d.below(20) {
	case 0:
		v.Freshness = kubeapi.FreshnessStale
		v.Resources = discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Stale, Message: "stale"})
		return v
	case 1:
		v.Resources = discovery.Failed[[]discovery.Resource](&discovery.Failure{Code: discovery.Unavailable, Message: "503"})
		return v
	case 2, 3, 4, 5, 6, 7, 8, 9, 10:
		v.Freshness = kubeapi.FreshnessCurrent
	}
	var resources []discovery.Resource
	for _, resource := range slices.Compact(slices.Sorted(slices.Values(resourceNames))) {
		if d.chance(60) {
			resources = append(resources, randomResource(d, resource))
		}
	}
	v.Resources = discovery.Known(resources)
	return v
}

func randomResource(d dice, name string) discovery.Resource {
	r := discovery.Resource{Name: name, Singular: d.one("", "pod"), Kind: d.one("Pod", "Pod", "Pod", "PodSet", "Node", "")}
	r.Scope = kubeapi.Scope(d.one("Cluster", "Namespaced", "Namespaced", ""))
	if r.Kind == "" && d.chance(80) {
		// An entry that only has subresources.
		r.Singular, r.Scope = "", ""
	} else {
		r.Verbs = d.some(verbNames)
	}
	for _, subresource := range subresourceNames {
		if d.chance(35) {
			r.Subresources = append(r.Subresources, discovery.Subresource{
				Name: subresource, Kind: d.one("Pod", "PodSet", "Node", ""), Verbs: d.some(verbNames),
			})
		}
	}
	return r
}

func randomField(d dice) discovery.Field {
	f := discovery.Field{Presence: discovery.FieldPresent}
	switch d.below(5) {
	case 0:
		return discovery.Field{Presence: discovery.FieldAbsent, At: d.one("", "spec"), Type: "object"}
	case 1:
		return discovery.Field{Presence: discovery.FieldOpen}
	}
	f.Type = d.one("string", "string", "integer", "array", "object", "int-or-string", "")
	if d.chance(50) {
		f.Enum = append([]string{}, d.some(enumValues)...)
	}
	f.Required = d.chance(50)
	if !slices.Contains([]string{"", "string", "int-or-string"}, f.Type) {
		f.Enum = nil
	}
	if f.Type == "" || d.chance(30) {
		f.EnumRules = append(f.EnumRules, discovery.SchemaRule{Keyword: "pattern"})
	}
	if !f.Required && d.chance(30) {
		f.RequiredRules = append(f.RequiredRules, discovery.SchemaRule{Keyword: "pattern"})
	}
	return f
}
