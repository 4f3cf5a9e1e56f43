// Package deflate compresses what is compressed once and read often. It takes about a second for each
// megabyte and uses one processor. It writes no streams: the data is in memory as a whole.
package deflate
