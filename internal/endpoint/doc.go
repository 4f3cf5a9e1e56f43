// Package endpoint reads the address of an API server, and gives it in the one spelling in
// which two addresses are compared. Whether they are equal decides whether a token is
// sent, so that a declaration, a flag, the environment and a request all go by these rules.
//
// It resolves no name and sends nothing. Its errors never hold the address, which may hold
// a password.
package endpoint
