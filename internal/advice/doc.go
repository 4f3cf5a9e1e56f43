// Package advice says what to do about what could not be determined, and about what a
// snapshot lacks. It chooses by the values of a failure, never by the words of a
// message.
package advice
