package live

import (
	"log/slog"
	"strings"
	"time"

	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/inclusterauth"
	"github.com/kreconcile/kreconcile/internal/endpoint"
)

// Target says how to reach the API server, by flags and environment.
type Target struct {
	// Server is a base URL. If it is empty, the environment names the server.
	Server string
	// TokenFile, CAFile and ServiceAccountDir are empty for the Pod's own files.
	TokenFile, CAFile, ServiceAccountDir string
	// TLSServerName is the name that the certificate must have, and empty for the
	// host of the URL.
	TLSServerName string
	Getenv        func(string) string
	Logger        *slog.Logger
	// Redactor hides the tokens of the run. It must learn each token before it is
	// sent.
	Redactor *inclusterauth.Redactor
	// Early says to begin to connect before there is a request. It sends no token.
	Early bool
	// Kubeconfig is for a [ContextConnector] alone, and so is Context, the name of the
	// context. It is empty for what Kubeconfig.Cluster and Kubeconfig.User name.
	Kubeconfig Kubeconfig
	Context    string
}

// Connector reaches clusters in one way, such as from inside a Pod.
type Connector interface {
	// Namespace is the namespace of the run, and empty if there is none. It asks no
	// server.
	Namespace(Target) string
	// Connect returns a client with credentials, which the target's Redactor hides.
	// It may read files, but sends nothing, except for a handshake if the target is
	// Early.
	Connect(Target) (*discovery.Client, error)
}

// InCluster reaches the API server of the process's own cluster, as a Pod does.
type InCluster struct{}

var _ Connector = InCluster{}

// Namespace returns the namespace of the Pod's service account.
func (InCluster) Namespace(t Target) string {
	return inclusterauth.Namespace(t.options())
}

// Connect returns a client that has the Pod's token and trusts only the Pod's CA.
func (InCluster) Connect(t Target) (*discovery.Client, error) {
	c, err := inclusterauth.Load(t.options())
	if err != nil {
		return nil, err
	}
	if t.Early {
		c.Connect()
	}
	return &discovery.Client{HTTP: c.Client(), Base: c.BaseURL()}, nil
}

func (t Target) options() inclusterauth.Options {
	return inclusterauth.Options{
		Getenv: t.Getenv, Dir: t.ServiceAccountDir, TokenFile: t.TokenFile, CAFile: t.CAFile, Server: t.Server,
		TLSServerName: t.TLSServerName, Logger: t.Logger, Redactor: t.Redactor,
	}
}

// Connection says which API server to ask, and for how long.
type Connection struct {
	// Each is empty unless the user chose it, as in [Target].
	Server, TokenFile, CAFile, TLSServerName, ServiceAccountDir string
	// Timeout limits one pass, and RequestTimeout one request.
	Timeout, RequestTimeout time.Duration
	Kubeconfig              Kubeconfig
	// Context is one of those that Kubeconfig chooses, see [Access.Clusters].
	Context string
}

// Access is what a run reaches clusters with.
type Access struct {
	Connector Connector
	Getenv    func(string) string
	// Redactor hides the tokens of the run.
	Redactor *inclusterauth.Redactor
	// UserAgent names the program to the server.
	UserAgent string
}

// Namespace returns the namespace of the run, and "" if there is none.
func (a Access) Namespace(c *Connection, logger *slog.Logger) string {
	return a.Connector.Namespace(a.target(c, logger))
}

func (a Access) target(c *Connection, logger *slog.Logger) Target {
	return Target{
		Server: c.Server, TokenFile: c.TokenFile, CAFile: c.CAFile, TLSServerName: c.TLSServerName,
		ServiceAccountDir: c.ServiceAccountDir, Getenv: a.Getenv, Logger: logger, Redactor: a.Redactor,
		Kubeconfig: c.Kubeconfig, Context: c.Context,
	}
}

// Connect returns a client for the API server: that of c, or of the declaration if it
// may choose, or else of the environment. begun is nil if nothing was begun. The error
// is a [ConnectError].
func (a Access) Connect(c *Connection, declared *config.Endpoint, begun *Attempt, logger *slog.Logger) (*discovery.Client, error) {
	target := a.target(c, logger)
	if _, contexts := a.Connector.(ContextConnector); !contexts && target.Server == "" && declared != nil && choosesConnection(declared.URL) {
		target.Server = declared.URL
		begun.Drop()
		begun = nil
	}
	client, err := begun.wait()
	if begun == nil {
		client, err = a.Connector.Connect(target)
	}
	if err != nil {
		return nil, a.connectError(err, c)
	}
	client.RequestTimeout = c.RequestTimeout
	client.UserAgent = a.UserAgent
	client.Logger = logger
	client.Redact = a.Redactor.Redact
	return client, nil
}

// choosesConnection reports whether a declared endpoint may choose the connection by
// itself. Only two kinds may, because neither can get a token that it should not: the
// API server's name inside every cluster, and a proxy on loopback, which gets no
// token.
func choosesConnection(declared string) bool {
	e, err := endpoint.Parse(declared)
	if err != nil {
		return false
	}
	const name = "kubernetes.default.svc"
	return e.Scheme == "http" || e.Port == "443" && e.Path == "" && (e.Host == name || strings.HasPrefix(e.Host, name+"."))
}
