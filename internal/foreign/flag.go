package foreign

// Flag says what kreconcile has in place of a flag of kubectl. It returns "" for
// other flags.
//
// Source: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_options/
func Flag(name string) string {
	const proxy = ": run 'kubectl proxy "
	const there = " --port=8001' and add --server http://127.0.0.1:8001"
	switch name {
	case "kubeconfig":
		return "kreconcile does not read kubeconfig files yet" + proxy + "--kubeconfig FILE" + there
	case "context", "cluster", "user":
		return "kreconcile does not read kubeconfig files yet" + proxy + "--" + name + " NAME" + there
	case "as", "as-group", "as-uid", "as-user-extra":
		return "kreconcile does not impersonate" + proxy + "--" + name + " NAME" + there
	case "client-certificate", "client-key", "username", "password", "auth-provider", "exec":
		return "kreconcile authenticates by a token only" + proxy + "--port=8001' and add --server http://127.0.0.1:8001"
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
