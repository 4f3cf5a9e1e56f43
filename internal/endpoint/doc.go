// Package endpoint reads the address of an API server and normalises it, so that two
// addresses can be compared. Whether they are equal decides whether a token is sent,
// so a declaration, a flag, the environment and a request all use these rules.
//
// It resolves no name and sends nothing. Its errors never hold the address, which may
// hold a password.
package endpoint
