package flags

import "github.com/spf13/pflag"

// DebugFlag is the name of the flag for logging.
const DebugFlag = "debug"

// Loudness is how much a run prints besides its result.
type Loudness struct{ Verbose, Debug, Quiet bool }

// BindLoudness adds the flags that every command has.
func BindLoudness(set *pflag.FlagSet) {
	set.BoolP("verbose", "v", false, "also list what holds, with its value")
	set.BoolP("quiet", "q", false, "print no progress; warnings and errors stay")
	set.Bool(DebugFlag, false, "log each request to standard error")
}

// LoudnessOf returns what the flags of a command say.
func LoudnessOf(set *pflag.FlagSet) Loudness {
	get := func(name string) bool {
		on, _ := set.GetBool(name)
		return on
	}
	return Loudness{Verbose: get("verbose"), Debug: get(DebugFlag), Quiet: get("quiet")}
}
