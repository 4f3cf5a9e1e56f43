package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/flags"
)

// FuzzFlags tests that the flags of plan and apply, read and printed as flags again,
// read as the same.
func FuzzFlags(f *testing.F) {
	for _, line := range []string{
		"--server=https://10.0.1.149:443\n--ca-file=ca.crt\n--tls-server-name=kubernetes.default.svc\nweb.hcl",
		"--var\ngateway=true\n--var-file=a.hclvars\n--var=x=a=b\n--allow-empty",
		"-o\njson=out.json\n-otext\n--output=github\n--output=junit=a=b.xml",
		"-output=json=-\n-var=x=1\n-wait=5m\n--interval=1m30s\n--consecutive=0x3",
		"--timeout=1h2m3.004s\n--request-timeout=250ms\n-v\n--color=never",
		"--snapshot=cluster.json\n--fail-on-deprecated\n--fail-on-deprecated=1.38\n--fail-on-warning=false\n--allow-undetermined\n--detailed-exitcode=T\n-\n--\n--warn-only",
		"--termination-log=/dev/termination-log\n--tekton-results=/tekton/results",
		"--var=secret", "--output=json\n--output=json=-", "--output==x", "--color=", "--wait=9999999999h", "--consecutive=1e3",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, name := range []string{"plan", "apply"} {
			cmd, paths, err := parsedFlags(name, strings.Split(line, "\n"))
			if err != nil {
				continue
			}
			printed := append(printedFlags(cmd), "--")
			again, pathsAgain, err := parsedFlags(name, append(printed, paths...))
			if err != nil {
				t.Fatalf("%q is printed as %q, which is refused: %v", line, printed, err)
			}
			if diff := cmp.Diff(append(printedFlags(cmd), paths...), append(printedFlags(again), pathsAgain...)); diff != "" {
				t.Errorf("%q is printed as %q (-first +second)\n%s", line, printed, diff)
			}
		}
	})
}

// parsedFlags reads arguments as a command does before it runs.
func parsedFlags(name string, args []string) (*cobra.Command, []string, error) {
	a := &app{}
	root := a.root()
	cmd, _, err := root.Find([]string{name})
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.ParseFlags(longFlags(root, args)); err != nil {
		return nil, nil, err
	}
	return cmd, cmd.Flags().Args(), checkFlags(cmd.Flags())
}

// printedFlags returns the set flags as a user would write them.
func printedFlags(cmd *cobra.Command) []string {
	var printed []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch v := f.Value.(type) {
		case *flags.ResultValue:
			for _, o := range *v.Results {
				printed = append(printed, "--output="+o.Format.Name+"="+map[bool]string{true: "-", false: o.Path}[o.Path == ""])
			}
		case *flags.VariableValue:
			// Both flags for variables share one list.
			if v.File && cmd.Flags().Changed("var") {
				return
			}
			for _, set := range v.Of.Variables {
				printed = append(printed, map[bool]string{true: "--var-file=", false: "--var="}[set.File]+set.Text)
			}
		case pflag.SliceValue:
			for _, text := range v.GetSlice() {
				printed = append(printed, "--"+f.Name+"="+text)
			}
		default:
			printed = append(printed, "--"+f.Name+"="+f.Value.String())
		}
	})
	return printed
}
