package usage

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/foreign"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/internal/report"
)

// Diagnostic says what is wrong with a command line that was refused with an error, what was
// probably meant, and where to read more.
func Diagnostic(root *cobra.Command, args []string, err error) *hcl.Diagnostic {
	command := " "
	if cmd := CommandOf(root, args); cmd != nil && !is[*unknownCommandError](err) {
		command += NameOf(cmd) + " "
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary(err),
		Detail: report.Sentence(detail(root, err)) + " Run '" + root.DisplayName() + command + "--help' for usage.",
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func summary(err error) string {
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

// detail says what is wrong with a command line, and what was probably meant. After an
// unknown short flag it omits the rest, which may be the secret of a misspelt --var.
func detail(root *cobra.Command, err error) string {
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return wrongValue(wrong)
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return "--" + missing.GetFlag().Name + " needs a value"
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err.Error()
	}
	name, _, _ := strings.Cut(unknown.GetSpecifiedName(), "=")
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		name, _, _ = strings.Cut(short, "=")
		return unknownFlag(root, "-"+name, name)
	}
	return unknownFlag(root, "--"+name, name)
}

// foreignFlag is about a flag of kubectl that this program lacks.
func foreignFlag(root *cobra.Command, name string) string {
	if root.DisplayName() != root.Name() {
		return foreign.FlagOfPlugin(name)
	}
	return foreign.Flag(name)
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
	for _, cmd := range Commands(root) {
		if cmd.Flags().Lookup(name) != nil || len(name) == 1 && cmd.Flags().ShorthandLookup(name) != nil {
			names = append(names, NameOf(cmd))
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
		return "it is a flag of " + Listed(names, "and")
	}
}

// unknownFlag returns the error for a flag that the command does not have.
func unknownFlag(root *cobra.Command, spelled, name string) string {
	text := "there is no flag " + spelled
	if answer := foreignFlag(root, name); answer != "" {
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

// instead returns the flag with a similar name, or with the meaning that the name has
// in Terraform or kubectl.
func instead(root *cobra.Command, name string) string {
	switch name {
	case "no-color":
		return "--color=never"
	case "json":
		return "-o json"
	case "n":
		return "--namespace"
	}
	var known []string
	for _, cmd := range Commands(root) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	}
	if like := nearest.Name(name, known); like != "" {
		return "--" + like
	}
	return ""
}

// Listed lists two or more words, with another one before the last.
func Listed(words []string, last string) string {
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
