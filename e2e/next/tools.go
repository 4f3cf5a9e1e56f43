// Package next pins a kube-apiserver one release newer than that of tools, and
// an aggregated API server of the same release. It holds no code.
package next
