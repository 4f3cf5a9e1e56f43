package flags

import (
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/inclusterauth"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
)

// BindConnection adds the flags for the connection to the API server.
func BindConnection(flags *pflag.FlagSet, c *live.Connection) {
	flags.StringVar(&c.Server, "server", "", "base `URL` of the API server (default: the Pod's environment)")
	flags.StringVar(&c.TokenFile, "token-file", "", "`file` with the token (default: in the service account folder)")
	flags.StringVar(&c.CAFile, "ca-file", "", "`file` with the CA bundle (default: in the service account folder)")
	flags.StringVar(&c.TLSServerName, "tls-server-name", "", "`name` that the certificate must have (default: the host)")
	flags.StringVar(&c.ServiceAccountDir, "service-account-dir", "",
		"`folder` with token, ca.crt and namespace (default: where Kubernetes mounts it)")
	bindLimits(flags, c)
}

func bindLimits(flags *pflag.FlagSet, c *live.Connection) {
	flags.DurationVar(&c.Timeout, "timeout", 2*time.Minute, "time limit of one pass, all of its requests together")
	flags.DurationVar(&c.RequestTimeout, "request-timeout", 32*time.Second, "time limit of one request")
}

// ConnectionOrigins are the files that a connection may read.
func ConnectionOrigins(c *live.Connection) []outlet.Origin {
	dir := c.ServiceAccountDir
	if dir == "" {
		dir = inclusterauth.DefaultDir
	}
	token, ca := c.TokenFile, c.CAFile
	if token == "" {
		token = filepath.Join(dir, "token")
	}
	if ca == "" {
		ca = filepath.Join(dir, "ca.crt")
	}
	return []outlet.Origin{
		{Name: "the token", Path: token}, {Name: "the CA bundle", Path: ca}, {Name: "the namespace", Path: filepath.Join(dir, "namespace")},
	}
}
