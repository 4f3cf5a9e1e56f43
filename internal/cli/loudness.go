package cli

import (
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/view"
)

const debugFlag = "debug"

// loudness says how much a run prints besides its result.
type loudness struct{ verbose, debug, quiet bool }

// bindLoudness adds the flags that every command has.
func bindLoudness(flags *pflag.FlagSet) {
	flags.BoolP("verbose", "v", false, "also list what holds, with its value")
	flags.BoolP("quiet", "q", false, "print no progress; warnings and errors stay")
	flags.Bool(debugFlag, false, "log each request to standard error")
}

func loudnessOf(cmd *cobra.Command) loudness {
	get := func(name string) bool {
		set, _ := cmd.Flags().GetBool(name)
		return set
	}
	return loudness{verbose: get("verbose"), debug: get(debugFlag), quiet: get("quiet")}
}

// follow makes a client print one line when it has to try again, or log everything
// with --debug. With --wait, progress is shown in another way.
func (a *app) follow(c *discovery.Client, loud loudness, waiting bool) {
	if loud.debug {
		return
	}
	c.Logger = nil
	if waiting || loud.quiet {
		return
	}
	var once sync.Once
	c.Retrying = func(failure *discovery.Failure) {
		once.Do(func() { a.stderr.Mention(view.Retrying(failure.Message)) })
	}
}
