// Package jsonwalk reads and writes JSON documents token by token. A [Walker] holds limits
// before it keeps what exceeds them; an [Object] is the table of the members that an object
// has, by which it is read and written.
//
// It knows nothing of Kubernetes, and decodes no value by reflection.
package jsonwalk
