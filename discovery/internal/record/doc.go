// Package record saves a [model.Snapshot] as JSON, and loads what was saved. The format and
// its versions are described at [Save].
//
// It opens no file, and asks no server.
package record
