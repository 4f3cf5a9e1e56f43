// Package tlsfault says what is wrong with a TLS connection or a certificate, as a
// value and in plain words. Packages crypto/tls and x509 say some of it only as text.
// No other package reads that text.
//
// It knows no server and no file, opens no connection, and imports only the standard
// library, so that inclusterauth can use it.
package tlsfault
