// Package live reaches the API server of a live cluster: it makes a client with
// credentials, and judges what the client finds. What is in the way is an error that
// knows which advice fits.
//
// It reads no flags and prints nothing.
package live
