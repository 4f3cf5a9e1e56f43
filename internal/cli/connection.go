package cli

import (
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/inclusterauth"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
)

// connectionFlags are the flags for the connection to the API server.
type connectionFlags struct{ live.Connection }

// bind adds the flags for the connection to the API server.
func (f *connectionFlags) bind(flags *pflag.FlagSet) {
	flags.StringVar(&f.Server, "server", "", "base `URL` of the API server (default: the Pod's environment)")
	flags.StringVar(&f.TokenFile, "token-file", "", "`file` with the token (default: in the service account folder)")
	flags.StringVar(&f.CAFile, "ca-file", "", "`file` with the CA bundle (default: in the service account folder)")
	flags.StringVar(&f.TLSServerName, "tls-server-name", "", "`name` that the certificate must have (default: the host)")
	flags.StringVar(&f.ServiceAccountDir, "service-account-dir", "",
		"`folder` with token, ca.crt and namespace (default: where Kubernetes mounts it)")
	flags.DurationVar(&f.Timeout, "timeout", 2*time.Minute, "time limit of one pass, all of its requests together")
	flags.DurationVar(&f.RequestTimeout, "request-timeout", 32*time.Second, "time limit of one request")
}

// origins are the files that a connection may read.
func (f *connectionFlags) origins() []outlet.Origin {
	dir := f.ServiceAccountDir
	if dir == "" {
		dir = inclusterauth.DefaultDir
	}
	token, ca := f.TokenFile, f.CAFile
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

// access is what this run reaches clusters with.
func (a *app) access() live.Access {
	return live.Access{Connector: a.Connector, Getenv: a.getenv, Redactor: a.redactor, UserAgent: "kreconcile/" + version()}
}
