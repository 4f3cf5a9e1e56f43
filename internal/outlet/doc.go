// Package outlet is what a text leaves the program by: the streams of the process, each
// behind a [Guard], and files, which are written as a whole.
//
// A guard hides tokens, and makes visible what nobody has escaped. The package also finds
// results that would overwrite something that is read. It decides nothing about what is
// written or where: flags and formats are those of internal/cli and internal/view.
package outlet
