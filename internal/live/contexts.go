package live

import (
	"errors"
	"time"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
)

// Kubeconfig says which contexts of a kubeconfig to use, and how. The zero value is the
// current context of the usual files.
type Kubeconfig struct {
	// Path is empty for the files that the variable KUBECONFIG names, or else ~/.kube/config.
	Path string
	// Contexts are names of contexts, or patterns in which * stands for any text, and ? for one character.
	Contexts []string
	All      bool
	// Cluster and User replace those of the context, and are empty otherwise.
	Cluster, User string
	// As and AsGroups are the identity that is impersonated.
	As       string
	AsGroups []string
	// AllowInsecure accepts a cluster whose certificate is not verified because the kubeconfig says
	// insecure-skip-tls-verify.
	AllowInsecure bool
}

// ContextConnector reaches the clusters of a kubeconfig.
type ContextConnector interface {
	Connector
	// Contexts returns the names of the contexts that the target's Kubeconfig chooses, at least one. It
	// asks no server.
	Contexts(Target) ([]string, error)
	// Files are the kubeconfig files that are read.
	Files(Target) []string
	// Insecure reports whether the certificate of the target's server is not verified.
	Insecure(Target) bool
}

// InsecureError is the error for a cluster whose certificate the kubeconfig says not to verify.
type InsecureError struct{}

func (*InsecureError) Error() string {
	return "the kubeconfig says insecure-skip-tls-verify, so anyone between could answer and take the credentials"
}

// Clusters returns a connection for each cluster that c chooses: each context of a kubeconfig,
// or else c itself.
func (a Access) Clusters(c *Connection) ([]*Connection, error) {
	connector, ok := a.Connector.(ContextConnector)
	if !ok {
		return []*Connection{c}, nil
	}
	names, err := connector.Contexts(a.target(c, nil))
	if err != nil {
		return nil, a.connectError(err, c)
	}
	var list []*Connection
	for _, name := range names {
		one := *c
		one.Context = name
		list = append(list, &one)
	}
	return list, nil
}

// Insecure reports whether the certificate of the server is not verified. Only a kubeconfig can say so.
func (a Access) Insecure(c *Connection) bool {
	connector, ok := a.Connector.(ContextConnector)
	return ok && connector.Insecure(a.target(c, nil))
}

// Kubeconfigs are the kubeconfig files that are read. There are none without contexts.
func (a Access) Kubeconfigs(c *Connection) []string {
	connector, ok := a.Connector.(ContextConnector)
	if !ok {
		return nil
	}
	return connector.Files(a.target(c, nil))
}

// Contexts are the names of all contexts of the kubeconfig. There are none if it cannot be read.
func (a Access) Contexts(c *Connection) []string {
	all := *c
	all.Kubeconfig.All, all.Kubeconfig.Contexts = true, nil
	list, _ := a.Clusters(&all)
	var names []string
	for _, one := range list {
		names = append(names, one.Context)
	}
	return names
}

// HasContexts reports whether the clusters are those of a kubeconfig.
func (a Access) HasContexts() bool {
	_, ok := a.Connector.(ContextConnector)
	return ok
}

// Unusable returns the passes over a context that cannot be used, as its credentials cannot be read, and
// its origin. Nothing was asked, so nothing is determined.
func Unusable(d *config.Declaration, c *Connection, policy apply.Policy, err error) (*apply.Series, *report.Origin) {
	s := &discovery.Snapshot{Time: time.Now()}
	failure := &discovery.Failure{Code: discovery.Unreachable, Message: "nothing was asked: " + err.Error(), Err: err}
	if _, ok := errors.AsType[*InsecureError](err); ok {
		failure.Code, failure.Cause = discovery.Certificate, discovery.CertificateUnverified
	}
	s.FailUnasked(failure)
	passes := &apply.Series{}
	passes.Add(apply.Diff(d, s), policy)
	return passes, &report.Origin{Context: c.Context}
}
