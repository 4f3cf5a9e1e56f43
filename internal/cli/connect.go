package cli

import (
	"log/slog"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/inclusterauth"
	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// Target says how flags and environment want the API server to be reached.
type Target struct {
	// Server is a base URL, and empty where the environment names the server.
	Server string
	// TokenFile, CAFile and ServiceAccountDir are empty for the Pod's own.
	TokenFile, CAFile, ServiceAccountDir string
	// TLSServerName is the name that the certificate has to have, and empty for
	// the host of the URL.
	TLSServerName string
	Getenv        func(string) string
	Logger        *slog.Logger
	// Redactor is that of the run. It must learn each token before it is sent.
	Redactor *inclusterauth.Redactor
}

// Connector reaches clusters in one way, such as from inside a Pod.
type Connector interface {
	// Namespace is the namespace that the run belongs to, and empty where there
	// is none. It asks no server.
	Namespace(Target) string
	// Connect gives a client with credentials, and hides them by the target's Redactor.
	// It may read files, but sends nothing.
	Connect(Target) (*discovery.Client, error)
}

// InCluster reaches the API server of the cluster that the process runs in, as a
// Pod does.
type InCluster struct{}

var _ Connector = InCluster{}

// Namespace returns the namespace of the Pod's service account.
func (InCluster) Namespace(t Target) string {
	return inclusterauth.Namespace(t.options())
}

// Connect returns a client with the Pod's token that trusts the Pod's CA alone.
func (InCluster) Connect(t Target) (*discovery.Client, error) {
	c, err := inclusterauth.Load(t.options())
	if err != nil {
		return nil, err
	}
	return &discovery.Client{HTTP: c.Client(), Base: c.BaseURL()}, nil
}

func (t Target) options() inclusterauth.Options {
	return inclusterauth.Options{
		Getenv: t.Getenv, Dir: t.ServiceAccountDir, TokenFile: t.TokenFile, CAFile: t.CAFile, Server: t.Server,
		TLSServerName: t.TLSServerName, Logger: t.Logger, Redactor: t.Redactor,
	}
}

// connectionFlags are the flags that say how the API server is reached.
type connectionFlags struct {
	server, tokenFile, caFile, tlsServerName, serviceAccountDir string
	timeout, requestTimeout                                     time.Duration
}

func (a *app) target(f *connectionFlags, logger *slog.Logger) Target {
	return Target{
		Server: f.server, TokenFile: f.tokenFile, CAFile: f.caFile, TLSServerName: f.tlsServerName,
		ServiceAccountDir: f.serviceAccountDir, Getenv: a.getenv, Logger: logger, Redactor: a.redactor,
	}
}

// connect returns a client for the API server that the flags name, or the
// declaration where it may, or else the environment.
func (a *app) connect(f *connectionFlags, declared *config.Endpoint, logger *slog.Logger) (*discovery.Client, error) {
	target := a.target(f, logger)
	if target.Server == "" && declared != nil && choosesConnection(declared.URL) {
		target.Server = declared.URL
	}
	client, err := a.Connector.Connect(target)
	if err != nil {
		return nil, a.connectError(err, f)
	}
	client.RequestTimeout = f.requestTimeout
	client.UserAgent = "kreconcile/" + version()
	client.Logger = logger
	client.Redact = a.redactor.Redact
	return client, nil
}

// choosesConnection reports whether a declared endpoint may choose the connection by
// itself. Two kinds may, because no token goes astray by them: the API server's name
// inside every cluster, and a proxy on loopback, which gets no token.
func choosesConnection(declared string) bool {
	e, err := endpoint.Parse(declared)
	if err != nil {
		return false
	}
	const name = "kubernetes.default.svc"
	return e.Scheme == "http" || e.Port == "443" && e.Path == "" && (e.Host == name || strings.HasPrefix(e.Host, name+"."))
}
