// Package tools pins the servers and tools that the end-to-end tests run, with
// the dependencies that they were released with. It holds no code.
package tools
