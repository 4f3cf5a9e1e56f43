package argv

import (
	"slices"
	"strings"
)

// Values returns the values of a flag, by its long and its short name. The short one
// may be empty.
func Values(args []string, long, short string) []string {
	var values []string
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--"+long+"="); ok {
			values = append(values, value)
			continue
		}
		if short != "" && !strings.HasPrefix(arg, "--") {
			if value, ok := strings.CutPrefix(arg, "-"+short); ok && value != "" {
				values = append(values, strings.TrimPrefix(value, "="))
				continue
			}
		}
		if (arg == "--"+long || short != "" && arg == "-"+short) && i+1 < len(args) {
			values = append(values, args[i+1])
		}
	}
	return values
}

// Rest returns the arguments without some flags and their values, and the values of
// the other flags. flags are the long names to remove, and short is the letter of one
// of them.
func Rest(args []string, short string, flags ...string) []string {
	var rest []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		name, value, hasValue := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		switch {
		case arg == "-"+short:
			i++
		case strings.HasPrefix(arg, "-"+short):
		case !strings.HasPrefix(arg, "-") || arg == "-":
			rest = append(rest, arg)
		case slices.Contains(flags, name):
			if !hasValue {
				i++
			}
		case hasValue:
			rest = append(rest, value)
		}
	}
	return rest
}
