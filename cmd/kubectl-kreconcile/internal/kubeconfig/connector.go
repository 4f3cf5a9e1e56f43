package kubeconfig

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/transport"

	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc" // kubectl knows this provider too

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/inclusterauth"
	"github.com/kreconcile/kreconcile/internal/endpoint"
	"github.com/kreconcile/kreconcile/internal/live"
)

// Connector reaches the clusters of one kubeconfig. The zero value is ready to use.
type Connector struct {
	once   sync.Once
	rules  *clientcmd.ClientConfigLoadingRules
	config *clientcmdapi.Config
	err    error
}

var _ live.ContextConnector = (*Connector)(nil)

// Namespace returns the namespace of the context, which is "default" if it names none, as for kubectl. It is empty
// if there is no such context.
func (c *Connector) Namespace(t live.Target) string {
	config, err := c.load(t)
	if err != nil {
		return ""
	}
	context := config.Contexts[cmp.Or(t.Context, config.CurrentContext)]
	if context == nil {
		return ""
	}
	return cmp.Or(context.Namespace, "default")
}

// Insecure reports whether the cluster's certificate is not verified.
func (c *Connector) Insecure(t live.Target) bool {
	config, err := c.rest(t)
	return err == nil && config.Insecure
}

// Connect returns a client with the credentials of the context.
func (c *Connector) Connect(t live.Target) (*discovery.Client, error) {
	config, err := c.rest(t)
	if err != nil {
		return nil, err
	}
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, fmt.Errorf("server %q: %w", config.Host, err)
	}
	if base.Scheme == "http" {
		return plaintext(t, base)
	}
	if config.Insecure && !t.Kubeconfig.AllowInsecure {
		return nil, &live.InsecureError{}
	}
	sender, err := newSender(config, base, t.Redactor)
	if err != nil {
		return nil, err
	}
	return &discovery.Client{HTTP: &http.Client{Transport: sender}, Base: base}, nil
}

// plaintext is for a kubectl proxy on loopback, which gets no credentials. Nothing else is asked
// without TLS.
func plaintext(t live.Target, base *url.URL) (*discovery.Client, error) {
	if !endpoint.IsLoopback(base.Hostname()) {
		return nil, fmt.Errorf("server %s: without TLS, anyone between could read and change the answers; only a kubectl proxy on loopback is asked without it", base)
	}
	c, err := inclusterauth.Load(inclusterauth.Options{Server: base.String(), Getenv: t.Getenv, Redactor: t.Redactor})
	if err != nil {
		return nil, err
	}
	return &discovery.Client{HTTP: c.Client(), Base: c.BaseURL()}, nil
}

// rest returns client-go's configuration for the target.
func (c *Connector) rest(t live.Target) (*rest.Config, error) {
	raw, err := c.load(t)
	if err != nil {
		return nil, err
	}
	k := &t.Kubeconfig
	if k.As == "" && len(k.AsGroups) > 0 {
		return nil, errors.New("--as-group needs --as")
	}
	overrides := &clientcmd.ConfigOverrides{
		Context:  clientcmdapi.Context{Cluster: k.Cluster, AuthInfo: k.User},
		AuthInfo: clientcmdapi.AuthInfo{Impersonate: k.As, ImpersonateGroups: k.AsGroups},
	}
	one, err := only(raw, t.Context, k)
	if err != nil {
		return nil, err
	}
	return clientcmd.NewNonInteractiveClientConfig(*one, t.Context, overrides, c.rules).ClientConfig()
}

// only returns a copy of what a context needs. Package clientcmd writes into what it reads, and contexts
// that are asked at once may have the same user. It asks as nobody where the user is missing; this is an error here.
func only(raw *clientcmdapi.Config, name string, k *live.Kubeconfig) (*clientcmdapi.Config, error) {
	one := clientcmdapi.NewConfig()
	cluster, user := k.Cluster, k.User
	if context := raw.Contexts[name]; context != nil {
		one.Contexts[name] = context.DeepCopy()
		cluster, user = cmp.Or(cluster, context.Cluster), cmp.Or(user, context.AuthInfo)
	}
	switch found := raw.Clusters[cluster]; {
	case found != nil:
		one.Clusters[cluster] = found.DeepCopy()
	default:
		return nil, fmt.Errorf("the kubeconfig has no cluster %q", cluster)
	}
	switch found := raw.AuthInfos[user]; {
	case found != nil:
		one.AuthInfos[user] = found.DeepCopy()
	case user != "":
		return nil, fmt.Errorf("the kubeconfig has no user %q", user)
	}
	return one, nil
}

// The limits of a connection are those of inclusterauth, but for the pings over HTTP/2. Package net/http keeps
// the buffers of a closed connection, some 50 KiB, until the next ping would be due, and a run over hundreds of
// clusters closes dozens of connections a second. An early ping with a long wait finds a dead connection after the same time.
const (
	dialLimit           = 5 * time.Second
	handshakeLimit      = 10 * time.Second
	responseHeaderLimit = 15 * time.Second
	headerBytes         = 64 << 10
	silence, pong       = 2 * time.Second, 13 * time.Second
)

// newTransport returns a transport of this cluster alone, so that no connection is shared with another.
func newTransport(config *transport.Config) (*http.Transport, error) {
	verify, err := transport.TLSConfigFor(config)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: verify, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: handshakeLimit, ResponseHeaderTimeout: responseHeaderLimit, MaxResponseHeaderBytes: headerBytes,
		HTTP2: &http.HTTP2Config{SendPingTimeout: silence, PingTimeout: pong},
	}
	if config.Proxy != nil {
		t.Proxy = config.Proxy
	}
	t.DialContext = (&net.Dialer{Timeout: dialLimit}).DialContext
	if config.DialHolder != nil {
		// A credential plugin with client certificates closes connections when they change.
		t.DialContext = config.DialHolder.Dial
	}
	return t, nil
}
