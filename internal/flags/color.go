package flags

import (
	"fmt"
	"slices"

	"github.com/spf13/pflag"
)

// Color says when text is coloured.
type Color string

// The values of --color.
const (
	ColorAuto   Color = "auto"
	ColorAlways Color = "always"
	ColorNever  Color = "never"
)

// Bind adds the flag, with its default.
func (v *Color) Bind(flags *pflag.FlagSet) {
	*v = ColorAuto
	flags.Var(v, "color", "color text `WHEN`: auto, always or never; auto honours NO_COLOR")
}

// String returns the value.
func (v *Color) String() string { return string(*v) }

// Type returns the type that help shows.
func (v *Color) Type() string { return "when" }

// Set refuses other values.
func (v *Color) Set(text string) error {
	if !slices.Contains([]Color{ColorAuto, ColorAlways, ColorNever}, Color(text)) {
		return fmt.Errorf("%q is not auto, always or never", text)
	}
	*v = Color(text)
	return nil
}
