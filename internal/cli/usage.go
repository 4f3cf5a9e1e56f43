package cli

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/explain"
	"github.com/kreconcile/kreconcile/internal/foreign"
	"github.com/kreconcile/kreconcile/internal/report"
)

// misuse makes a diagnostic for an invalid command line.
func (a *app) misuse(root *cobra.Command, err error) *hcl.Diagnostic {
	if unknown, ok := errors.AsType[*explain.UnknownError](err); ok {
		return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: unknown.Summary, Detail: unknown.Detail}
	}
	command := " "
	if cmd := commandOf(root, a.Args); cmd != nil && !is[*unknownCommandError](err) {
		command += nameOf(cmd) + " "
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: misuseSummary(err),
		Detail: report.Sentence(usage(root, err)) + " Run 'kreconcile" + command + "--help' for usage.",
	}
}

// unknownCommandError is the error for a command that does not exist.
type unknownCommandError struct{ text string }

func (e *unknownCommandError) Error() string { return e.text }

func misuseSummary(err error) string {
	switch {
	case is[*unknownCommandError](err):
		return "Unknown command"
	case is[*pflag.NotExistError](err):
		return "Unknown flag"
	case is[*pflag.InvalidValueError](err):
		return "Invalid value of a flag"
	case is[*pflag.ValueRequiredError](err):
		return "Missing value of a flag"
	}
	return "Invalid command line"
}

// wrongValue says what is wrong with the value of a flag.
func wrongValue(e *pflag.InvalidValueError) string {
	flag, value := e.GetFlag(), e.GetValue()
	cause := e.Unwrap().Error()
	switch flag.Value.Type() {
	case "duration":
		cause = foreign.Duration(value)
	case "bool":
		cause = fmt.Sprintf("%q is neither true nor false", value)
	case "int":
		cause = fmt.Sprintf("%q is not a whole number", value)
	}
	return "--" + flag.Name + ": " + cause
}

// owners returns the commands that have a flag, by name or by letter.
func owners(root *cobra.Command, name string) []string {
	var names []string
	for _, cmd := range allCommands(root) {
		if cmd.Flags().Lookup(name) != nil || len(name) == 1 && cmd.Flags().ShorthandLookup(name) != nil {
			names = append(names, nameOf(cmd))
		}
	}
	return names
}

// ofOthers names the commands that have a flag which was given to another command. It
// returns "" if none has it.
func ofOthers(root *cobra.Command, name string) string {
	switch names := owners(root, name); len(names) {
	case 0:
		return ""
	case 1:
		return "it is a flag of " + names[0]
	default:
		return "it is a flag of " + listed(names, "and")
	}
}

// unknownFlag returns the error for a flag that the command does not have.
func unknownFlag(root *cobra.Command, spelled, name string) string {
	text := "there is no flag " + spelled
	if answer := foreign.Flag(name); answer != "" {
		return text + "; " + answer
	}
	if others := ofOthers(root, name); others != "" {
		return text + " here; " + others
	}
	if instead := instead(root, name); instead != "" {
		text += "; did you mean " + instead
	}
	return text
}

// noArguments refuses arguments for a command that takes none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q: %s takes none", args[0], cmd.CommandPath())
	}
	return nil
}

// aShell refuses an unknown command of completion. The commands are the names of
// shells.
func aShell(cmd *cobra.Command, args []string) error {
	var shells []string
	for _, shell := range cmd.Commands() {
		shells = append(shells, shell.Name())
	}
	if len(args) == 0 {
		return fmt.Errorf("a shell is missing: %s", listed(shells, "or"))
	}
	return fmt.Errorf("there is no completion for %q; there is one for %s", args[0], listed(shells, "and"))
}
