package inclusterauth

import (
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// DefaultDir is the folder in which the kubelet mounts a service account.
//
// Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api
const DefaultDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// Options says where to look. The zero value uses the Pod's own service account.
type Options struct {
	// Getenv looks up an environment variable. Only Load calls it. Nil means
	// os.Getenv.
	Getenv func(string) string
	// Dir is the folder of the service account. Empty means DefaultDir.
	Dir string
	// TokenFile is the file of the token. Empty means Dir/token.
	TokenFile string
	// CAFile is the file of the CA bundle, in PEM form. Empty means Dir/ca.crt.
	CAFile string
	// Server is the base URL to connect to: https://host[:port][/path], or
	// http://host[:port][/path] on loopback for a kubectl proxy sidecar. A path is
	// where a server such as Rancher serves the API of one of its clusters. Empty
	// means the server that the environment names, over https.
	Server string
	// TLSServerName is sent as SNI, and the server's certificate is verified against
	// it. Empty means the host of the base URL. A plaintext Server ignores it.
	TLSServerName string
	// Now is the clock for the age of the token and of the CA bundle, and for the
	// validity of certificates. Nil means time.Now. It must be safe for concurrent
	// use.
	Now func() time.Time
	// Logger gets problems that end no request, such as a token that could not be
	// read again. Nil means no log.
	Logger *slog.Logger
	// Redactor learns each token before it is sent. If the clients of a program share
	// one, no output shows the token of any of them. Nil means a new one for this
	// client.
	Redactor *Redactor
}

// Config is a connection to one API server, made by Load. It is safe for concurrent
// use. The zero value and nil cannot be used.
type Config struct {
	base      *url.URL
	namespace string
	transport http.RoundTripper
	// token and trust are nil for a kubectl proxy.
	token    *tokenSource
	trust    *trustTransport
	redactor *Redactor
}

// Load reads the environment and the files of o, and checks them. It sends nothing.
// The error is an *EnvironmentError, a *ServerError, a *TokenError or a *CAError, and
// says what to do.
func Load(o Options) (*Config, error) {
	return load(o, defaultLimits())
}

func load(o Options, limits limits) (*Config, error) {
	o = o.withDefaults()
	base, err := baseURL(o)
	if err != nil {
		return nil, err
	}
	config := &Config{base: base, redactor: o.Redactor}
	if base.Scheme == "http" {
		config.transport = &originTransport{
			origin: originOf(base),
			path:   base.Path,
			next:   newPlainTransport(limits),
		}
		config.namespace = Namespace(o)
		return config, nil
	}

	if err := checkTLSServerName(o.TLSServerName); err != nil {
		return nil, err
	}
	proxy, err := proxyFor(o.Getenv, base)
	if err != nil {
		return nil, err
	}
	var through *tunnel
	if proxy != nil {
		through = &tunnel{proxy, base.Host}
	}
	token, err := newTokenSource(o.TokenFile, o.Now, o.Logger, o.Redactor)
	if err != nil {
		return nil, err
	}
	trust, err := newTrustTransport(trustOptions{
		path:            o.CAFile,
		server:          originOf(base),
		serverName:      o.TLSServerName,
		environmentHost: o.Getenv(hostVariable),
		tunnel:          through,
		now:             o.Now,
		logger:          o.Logger,
		limits:          limits,
	})
	if err != nil {
		return nil, err
	}
	config.token, config.trust = token, trust
	config.transport = &originTransport{origin: originOf(base), path: base.Path, token: token, next: trust}
	config.namespace = Namespace(o)
	return config, nil
}

// BaseURL returns a copy of the server's URL: scheme://host:port and the path of
// Options.Server. The host is in lower case, the port is always there, and the path
// has no slash at its end. Join a path of the API to it with [url.URL.JoinPath].
func (c *Config) BaseURL() *url.URL {
	u := *c.base
	return &u
}

// Client returns an HTTP client for the base URL. It adds the token to each request
// that has no Authorization header of its own. It follows no redirect. It refuses any
// other origin, and any path that is not under that of the base URL. It has no time
// limit for a whole request.
//
// Each call returns a new client over the same connections. A certificate that does
// not verify is a *CertificateError inside the *url.Error, and a proxy that gives no
// connection is a *ProxyError.
func (c *Config) Client() *http.Client {
	return &http.Client{
		Transport: c.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

// Connect begins to connect to the server in the background, so that the first request
// need not wait for the TLS handshake. It sends no request and no token. If it fails, so
// does the first request. A connection is not used if no request comes within a few
// seconds. To close it before, call [http.Client.CloseIdleConnections]. Connect does
// nothing for a plaintext Server and through a proxy.
func (c *Config) Connect() {
	if c.trust != nil {
		c.trust.current().connect(c.base.Host)
	}
}

// Namespace returns the Pod's namespace as Load found it, or "" if there is none.
func (c *Config) Namespace() string { return c.namespace }

// Namespace reads the Pod's namespace from the file "namespace" in o.Dir. It needs no
// server. A missing file gives "". A file that is unreadable, or holds no valid name
// of a namespace, gives "" and a warning to o.Logger.
func Namespace(o Options) string {
	o = o.withDefaults()
	name, err := readNamespace(filepath.Join(o.Dir, "namespace"))
	if err != nil {
		o.Logger.Warn("the namespace of the service account cannot be determined", "error", err)
	}
	return name
}

func (o Options) withDefaults() Options {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Dir == "" {
		o.Dir = DefaultDir
	}
	if o.TokenFile == "" {
		o.TokenFile = filepath.Join(o.Dir, "token")
	}
	if o.CAFile == "" {
		o.CAFile = filepath.Join(o.Dir, "ca.crt")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Redactor == nil {
		o.Redactor = new(Redactor)
	}
	return o
}
