package usage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/internal/foreign"
)

// UnknownCommand runs before any flag is read. Otherwise an error would blame a flag
// of a command that does not exist.
func UnknownCommand(root *cobra.Command, args []string) error {
	for len(args) > 0 && slices.Contains([]string{"-v", "--verbose", "-q", "--quiet", "--debug"}, args[0]) {
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
	if slices.Contains(known, args[0]) || Completing(args) {
		return nil
	}
	text := fmt.Sprintf("there is no command %q", args[0])
	if instead := foreign.Command(args[0], known); instead != "" {
		text += "; " + instead
	}
	return &unknownCommandError{text}
}

// unknownCommandError is the error for a command that does not exist.
type unknownCommandError struct{ text string }

func (e *unknownCommandError) Error() string { return e.text }

// Completing reports whether the shell's completion script runs the program.
func Completing(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// CommandOf returns the command that arguments are for, and nil if there is none. They may not
// be valid.
func CommandOf(root *cobra.Command, args []string) *cobra.Command {
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

// NameOf returns the name of a command without that of the program, such as "snapshot diff".
func NameOf(cmd *cobra.Command) string {
	if cmd == cmd.Root() {
		return ""
	}
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().DisplayName()+" ")
}

// Commands returns the commands, each before those inside it.
func Commands(root *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, cmd := range root.Commands() {
		all = append(append(all, cmd), cmd.Commands()...)
	}
	return all
}

// NoArguments refuses arguments for a command that takes none.
func NoArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q: %s takes none", args[0], cmd.CommandPath())
	}
	return nil
}

// AShell refuses an unknown command of completion. The commands are the names of
// shells.
func AShell(cmd *cobra.Command, args []string) error {
	var shells []string
	for _, shell := range cmd.Commands() {
		shells = append(shells, shell.Name())
	}
	if len(args) == 0 {
		return fmt.Errorf("a shell is missing: %s", Listed(shells, "or"))
	}
	return fmt.Errorf("there is no completion for %q; there is one for %s", args[0], Listed(shells, "and"))
}
