// Package kubeconfig reaches the clusters of a kubeconfig, with the credentials and the proxies that
// it names, through clientcmd and rest of client-go.
//
// It keeps what inclusterauth promises and client-go does not: credentials go only to the server of
// their own context, the certificate is verified unless the user accepts otherwise, and a request
// ends in time even if a credential plugin hangs. It asks no server by itself.
package kubeconfig
