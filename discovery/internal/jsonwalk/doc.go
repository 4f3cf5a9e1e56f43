// Package jsonwalk reads and writes JSON documents token by token. A [Walker] holds limits
// before it keeps what exceeds them. A [Codec] reads and writes the same object by one
// function. [Ahead] reads a value faster if it is written as expected.
//
// It knows nothing of Kubernetes, and decodes no value by reflection.
package jsonwalk
