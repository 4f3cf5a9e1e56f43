// Package catalog knows what a default kube-apiserver of each Kubernetes release on board serves:
// its group versions, resources and the fields of all kinds. It gives a release as a
// [discovery.Snapshot], so that package apply judges it like a cluster. It also knows what a
// release could serve if someone switched it on, and since when kinds are deprecated.
//
// It knows nothing that only a cluster has: permissions, addresses, custom resources, aggregated
// APIs and patches. These facts of a snapshot are unknown, never absent. It judges nothing, and
// reads no file: all is in releases.gz, which is part of the program and is decompressed when the
// first release is asked for. [Releases], [Find], [Serves] and [LifeOf] do that. [Deprecations] and
// [ParseRemoval] read the small file deprecated.tsv instead.
//
// # The files
//
// The generator in tools/catalog writes both files from what Kubernetes publishes; sources.md lists
// its sources. They have lines of columns that are separated by tabs. A line of releases.gz is one fact, and its
// last column is the set of releases that have it, in hexadecimal: bit 0 is the first release. The
// first three columns are empty if they repeat those of the line before.
//
//	release   1.34.2
//	resource  group version  name  kind  scope  verbs  singular  short names  categories  state  set
//	kind      group version  kind  type  set
//	field     type's name  field  type  set
//	life      group version  kind  introduced  deprecated  removed  replacement  its kind
//
// The name of a subresource is pods/log. The state is "on", or "off" and the feature gates that are
// off. A type is string, integer, number, boolean, int-or-string, object (with any fields), any (of
// any type), []T (an array), {}T (a map) or >NAME (an object with the fields of that name). The
// type of a required field ends with "!". Releases before 1.28 publish no singular, no short names
// and no categories.
//
// In deprecated.tsv, a line with a group version comes before those of its kinds that the newest release
// has deprecated or removed:
//
//	(empty)  kind  resource  introduced  deprecated  removed  replacement  its kind
package catalog
