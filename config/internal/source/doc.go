// Package source reads the files of a declaration: which files a path names, with limits on
// their size, as one version of a mounted volume, in plain UTF-8. It also knows which of their lines may
// be shown. It does not parse them.
package source
