// Catalog writes catalog/releases.gz and catalog/deprecated.tsv of the main module: what each Kubernetes
// release serves, and what is deprecated. Run it by make catalog RELEASES="1.24..1.37".
//
// It types nothing by hand. For each release, it downloads the Go modules of Kubernetes and reads
// what they publish: discovery documents, OpenAPI documents, and the Go source that decides what is
// on by default and which kinds are deprecated. Whatever it does not understand there is an error,
// so that a release with something new cannot lose it unnoticed.
//
// It asks only the Go module proxy, and knows no cluster. The format of the files is described in
// package catalog, which reads them.
package main
