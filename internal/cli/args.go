package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/foreign"
	"github.com/kreconcile/kreconcile/internal/nearest"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// arguments returns the command line in the form that pflag reads: long flags may
// begin with one dash, as in Terraform, and --version is a command. It makes the
// arguments of a completion request safe to print.
func arguments(root *cobra.Command, args []string) []string {
	args = longFlags(root, args)
	if len(args) > 0 && (args[0] == "--version" || args[0] == "-version") {
		args[0] = "version"
	}
	if completing(args) {
		// cobra writes errors about these to the process's own standard error.
		for i, arg := range args {
			args[i] = safe.Seal(arg, safe.Plain)
		}
	}
	return args
}

func longFlags(root *cobra.Command, args []string) []string {
	known := map[string]bool{"help": true}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	for _, cmd := range allCommands(root) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	}
	out := slices.Clone(args)
	for i, arg := range out {
		if arg == "--" {
			break
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && known[name] && len(name) > 1 {
			out[i] = "-" + arg
		}
	}
	return out
}

// unknownCommand runs before any flag is read. Otherwise an error would blame a flag
// of a command that does not exist.
func unknownCommand(root *cobra.Command, args []string) error {
	for len(args) > 0 && slices.Contains([]string{"-v", "--verbose", "-q", "--quiet", "--" + debugFlag}, args[0]) {
		args = args[1:]
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return nil
	}
	root.InitDefaultHelpCmd()
	var known []string
	for _, cmd := range root.Commands() {
		known = append(known, cmd.Name())
	}
	if slices.Contains(known, args[0]) || completing(args) {
		return nil
	}
	text := fmt.Sprintf("there is no command %q", args[0])
	if instead := foreign.Command(args[0], known); instead != "" {
		text += "; " + instead
	}
	return &unknownCommandError{text}
}

// usage says what is wrong with a command line, and what was probably meant. After an
// unknown short flag it omits the rest, which may be the secret of a misspelt --var.
func usage(root *cobra.Command, err error) string {
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
	for _, cmd := range allCommands(root) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	}
	if like := nearest.Name(name, known); like != "" {
		return "--" + like
	}
	return ""
}

// commandOf returns the command that arguments are for, and nil if there is none. They may not
// be valid.
func commandOf(root *cobra.Command, args []string) *cobra.Command {
	var found *cobra.Command
	inside := root
	for _, arg := range args {
		for _, cmd := range inside.Commands() {
			if cmd.Name() == arg {
				found, inside = cmd, cmd
				break
			}
		}
	}
	return found
}

// nameOf returns the name of a command without that of the program, such as "snapshot diff".
func nameOf(cmd *cobra.Command) string {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	return name
}

// allCommands returns the commands, each before those inside it.
func allCommands(root *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, cmd := range root.Commands() {
		all = append(append(all, cmd), cmd.Commands()...)
	}
	return all
}

// debugging reports whether the arguments have --debug. They may not be valid.
func (a *app) debugging() bool {
	return slices.Contains(a.Args, "--"+debugFlag) || slices.Contains(a.Args, "--"+debugFlag+"=true")
}
