// Package compare finds how what one API server serves differs from what another one serves:
// group versions, resources, verbs, scopes, kinds, subresources, short names and fields. Each
// side is a [discovery.Snapshot], whether it was recorded or is of a release.
//
// What a side does not know is never read as absent. It is in [Result.Unknown], with the reason.
// The package prints nothing, and decides on no exit code.
package compare
