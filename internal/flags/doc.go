// Package flags has the flags that several commands share: what they are called, what help says of
// them, and which values they take.
//
// It opens no file and asks no server. What the flags are good for is up to the commands.
package flags
