package foreign

// Flag says what kreconcile has in place of a flag of kubectl. It returns "" for
// other flags.
//
// Source: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_options/
func Flag(name string) string {
	switch name {
	case "kubeconfig", "context", "all-contexts", "cluster", "user", "as", "as-group", "client-certificate", "client-key", "username", "password", "auth-provider", "exec":
		return "'kubectl kreconcile' reads a kubeconfig and has the flags for it; " +
			"or run 'kubectl proxy --port=8001' and add --server http://127.0.0.1:8001"
	case "token":
		return "a token in an argument can be seen by others; write it to a file and add --token-file FILE"
	case "certificate-authority", "cacert", "ca-cert", "ca":
		return "the flag is --ca-file"
	case "insecure-skip-tls-verify", "insecure", "k":
		return "the certificate is always verified; --ca-file names the CA that signed it"
	case "api-version":
		return "name the version before the kind, as in kreconcile explain apps/v1 Deployment"
	case "s", "host", "master":
		return "the flag is --server"
	}
	return ""
}

// FlagOfPlugin is Flag for 'kubectl kreconcile'.
func FlagOfPlugin(name string) string {
	switch name {
	case "server", "s", "host", "master", "token", "token-file", "ca-file", "certificate-authority", "cacert", "ca-cert", "ca", "tls-server-name",
		"client-certificate", "client-key", "username", "password", "service-account-dir":
		return "it is set in the kubeconfig; --context, --cluster and --user choose in it"
	case "insecure-skip-tls-verify", "insecure", "k":
		return "the flag is --allow-insecure-skip-tls-verify, and accepts what the kubeconfig says"
	case "api-version":
		return Flag(name)
	}
	return ""
}
