// Package inclusterauth reaches the API server of the Kubernetes cluster that a
// process runs in, as the Pod's service account.
//
// [Load] reads what the kubelet gives every Pod: the address in
// KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, and the token and the CA
// bundle below /var/run/secrets/kubernetes.io/serviceaccount. It checks all of it
// before anything is dialled. The [Config] that it returns gives a base URL and an
// [net/http.Client]:
//
//	config, err := inclusterauth.Load(inclusterauth.Options{})
//	if err != nil {
//		return err
//	}
//	response, err := config.Client().Get(config.BaseURL().JoinPath("/version").String())
//
// What the client promises:
//
//   - The token goes to the base URL's scheme, host and port, below its path, and nowhere
//     else. Any other request is refused with an [*OriginError], and redirects
//     are never followed: the 3xx response is the answer.
//   - Only the CA bundle is trusted, never the system's roots. Nothing switches
//     verification off. TLS 1.2 is the least that is spoken, and nothing falls back
//     to plaintext.
//   - A certificate of the CA bundle that cannot be parsed is left out, with a warning
//     to the Logger that names it. A bundle in which none can be parsed, or that is cut
//     off, is a [*CAError].
//   - The token and the CA bundle may be replaced while the client is in use. The
//     token is read again once it is 50 seconds old and after a 401, which is
//     retried once if the token has changed. The bundle is read again at the same
//     age and when a certificate does not verify. A file that cannot be used then
//     leaves the last good one in place, with a warning to the Logger.
//   - There is one TLS connection at a time, so that one server gives the answers,
//     whatever balancer the address leads to. Over HTTP/1.1, requests go one after the
//     other; a program that watches over HTTP/1.1 calls Load once more for the rest.
//   - Connecting, the TLS handshake and the wait for response headers each have a
//     time limit, and an HTTP/2 connection whose peer has gone silent is closed. The
//     time for a whole request is the caller's to limit, through its context.
//   - No error and no record for the Logger holds a token or a proxy's password.
//     Texts of a server may: a [Redactor] hides the tokens of all clients that share it.
//     What net/http writes to the log package under GODEBUG=http2debug=1 holds each
//     header: a program whose log others read sends that elsewhere.
//
// With an explicit http:// Server on a loopback address the client speaks to a
// "kubectl proxy" sidecar, which has credentials of its own: no token and no CA
// bundle is read or sent.
//
// HTTPS_PROXY and NO_PROXY (or their lower-case names) are honoured, as
// net/http does, except that a proxy that is itself reached over https is refused:
// its certificate would be judged by the cluster's CA. A proxy that gives no
// connection is a [*ProxyError], which names it without its password.
//
// The package knows nothing of Kubernetes' API beyond the address and the
// credentials. It reads no kubeconfig, retries nothing but a 401 and a handshake
// that failed before a CA rotation was seen, and needs no module beside this one.
//
// Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
package inclusterauth
