// Package tlsfault says what is wrong with a TLS connection or a certificate, as a value
// and in plain words. Package crypto/tls and package x509 say some of it only in text, and
// this is the one place that reads that text.
//
// It knows no server and no file, opens no connection, and is built on the standard
// library alone, so that inclusterauth can use it.
package tlsfault
