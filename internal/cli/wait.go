package cli

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/run"
)

// waitFlags are the flags that say how long to wait for a verdict.
type waitFlags struct {
	// wait is zero for a single pass.
	wait, interval time.Duration
	consecutive    int
}

func (f *waitFlags) bind(flags *pflag.FlagSet) {
	flags.DurationVar(&f.wait, "wait", 0, "try again for this long, while there is drift or something could not be determined")
	flags.DurationVar(&f.interval, "interval", 5*time.Second, "pause between two passes of --wait")
	flags.IntVar(&f.consecutive, "consecutive", 1, "with --wait, `N` passes in a row must be satisfied")
}

// check refuses flags without an effect, and a wait that is too short.
func (f *waitFlags) check(flags *pflag.FlagSet) error {
	if f.wait == 0 { // it is not given: checkFlags has refused a 0
		for _, name := range []string{"interval", "consecutive"} {
			if flags.Changed(name) {
				return fmt.Errorf("--%s needs --wait", name)
			}
		}
		return nil
	}
	for _, name := range []string{snapshotFlag, releaseFlag} {
		if flags.Changed(name) {
			return fmt.Errorf("--wait cannot be used with --%s, which does not change", name)
		}
	}
	return f.waiting().Check(flagNames())
}

func (f *waitFlags) waiting() run.Wait {
	return run.Wait{For: f.wait, Interval: f.interval, Consecutive: f.consecutive}
}

// flagNames are the flags for the limits of a run.
func flagNames() run.Names {
	return run.Names{Timeout: "--timeout", Wait: "--wait", Interval: "--interval", Consecutive: "--consecutive"}
}
