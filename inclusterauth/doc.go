// Package inclusterauth reaches the API server of the Kubernetes cluster that a
// process runs in, as the Pod's service account.
//
// [Load] reads what the kubelet gives every Pod: the address in
// KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, and the token and the CA
// bundle under /var/run/secrets/kubernetes.io/serviceaccount. It checks all of it
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
//   - The token goes only to the base URL's scheme, host and port, under its path. Any
//     other request is refused with an [*OriginError]. Redirects are never followed:
//     the 3xx response is the answer.
//   - Only the CA bundle is trusted, never the system's roots. Nothing switches
//     verification off. TLS 1.2 is the oldest version, and nothing falls back to
//     plaintext.
//   - A certificate of the CA bundle that cannot be parsed is left out, and a warning to
//     the Logger names it. If none can be parsed, or the bundle is cut off, Load
//     returns a [*CAError].
//   - The token and the CA bundle may be replaced while the client is in use. The
//     token is read again once it is 50 seconds old and after a 401, which is
//     retried once if the token has changed. The bundle is read again at the same
//     age and when a certificate does not verify. If a new file cannot be used, the
//     last good one stays in use, and the Logger gets a warning.
//   - There is one TLS connection at a time, so that one server gives all answers,
//     even behind a load balancer. Over HTTP/1.1, requests wait for each other; a
//     program that watches over HTTP/1.1 calls Load again for its other requests.
//   - Connecting, the TLS handshake and the wait for response headers each have a
//     time limit. An HTTP/2 connection with a silent peer is closed. The caller limits
//     the time of a whole request, through its context.
//   - No error and no record for the Logger holds a token or a proxy's password.
//     A server's text may: a [Redactor] hides the tokens of all clients that share it.
//     Under GODEBUG=http2debug=1, net/http writes each header to the log package; a
//     program whose log others read must send that elsewhere.
//
// With an explicit http:// Server on a loopback address, the client uses a "kubectl
// proxy" sidecar, which has credentials of its own: the client reads and sends no token
// and no CA bundle.
//
// HTTPS_PROXY and NO_PROXY (or their lower-case names) work as in net/http, except that
// a proxy that is itself reached over https is refused: the cluster's CA would judge
// its certificate. A proxy that gives no connection is a [*ProxyError], which names it
// without its password.
//
// The package knows only the address and the credentials of Kubernetes' API. It reads no
// kubeconfig. It retries only a 401, and a handshake that failed before the client
// saw a new CA. Beyond the standard library it imports only internal/endpoint and
// internal/tlsfault, which use the standard library alone, so it brings no third-party
// module.
//
// Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
package inclusterauth
