// Package generate makes a declaration of manifests, that is what a cluster must serve so that they
// can be applied, or of what a snapshot has. It opens no file and asks no cluster. The order of the
// blocks does not depend on that of the objects.
package generate
