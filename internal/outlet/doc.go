// Package outlet is the way out of the program for every text: the streams of the
// process, each behind a [Guard], and files, which are replaced as a whole.
//
// A guard hides tokens, and makes visible what nobody escaped. The package also finds
// results that would overwrite an input. It does not decide what is written, or
// where: internal/cli and internal/view do.
package outlet
