package cli

import (
	"bytes"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
)

// development is the version of a build without a tag.
const development = "dev"

// version is the module's version, as the Go toolchain recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return development
	}
	return info.Main.Version
}

// release is the version that a declaration's required_version is checked against. It
// is empty for a build from an untagged checkout, whose version would be less than
// all others.
func release() string {
	v := version()
	if v == development || strings.HasPrefix(v, "v0.0.0-") {
		return ""
	}
	return v
}

func (a *app) versionCommand() *cobra.Command {
	var flags outputFlags
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version of kreconcile",
		Example: "  kreconcile version\n  kreconcile version -o json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := a.collision(flags.destinations(), nil); err != nil {
				return err
			}
			v := report.Version{Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			for _, o := range flags.wanted() {
				var b bytes.Buffer
				if err := o.format.Version(&b, v); err != nil {
					return err
				}
				if err := a.deliver(b.String(), o.format.Form(view.Options{}), o.path); err != nil {
					return err
				}
			}
			return nil
		},
	}
	flags.bind(cmd.Flags(), view.VersionFormats())
	return cmd
}
