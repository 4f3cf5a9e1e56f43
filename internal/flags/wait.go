package flags

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/run"
)

// Wait says how long to wait for a verdict.
type Wait struct {
	// For is zero for a single pass.
	For, Interval time.Duration
	Consecutive   int
}

// Bind adds the flags.
func (f *Wait) Bind(flags *pflag.FlagSet) {
	flags.DurationVar(&f.For, "wait", 0, "try again for this long, while there is drift or something could not be determined")
	flags.DurationVar(&f.Interval, "interval", 5*time.Second, "pause between two passes of --wait")
	flags.IntVar(&f.Consecutive, "consecutive", 1, "with --wait, `N` passes in a row must be satisfied")
}

// Check refuses flags without an effect, and a wait that is too short.
func (f *Wait) Check(flags *pflag.FlagSet) error {
	if f.For == 0 { // it is not given: a 0 was already refused
		for _, name := range []string{"interval", "consecutive"} {
			if flags.Changed(name) {
				return fmt.Errorf("--%s needs --wait", name)
			}
		}
		return nil
	}
	for _, name := range []string{SnapshotFlag, ReleaseFlag} {
		if flags.Changed(name) {
			return fmt.Errorf("--wait cannot be used with --%s, which does not change", name)
		}
	}
	return f.Run().Check(Names())
}

// Run is the wait of a run.
func (f *Wait) Run() run.Wait {
	return run.Wait{For: f.For, Interval: f.Interval, Consecutive: f.Consecutive}
}

// Names are the flags for the limits of a run.
func Names() run.Names {
	return run.Names{Timeout: "--timeout", Wait: "--wait", Interval: "--interval", Consecutive: "--consecutive"}
}
