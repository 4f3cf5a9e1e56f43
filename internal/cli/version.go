package cli

import (
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/usage"
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
	var f flags.Output
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version of kreconcile",
		Example: "  kreconcile version\n  kreconcile version -o json",
		Args:    usage.NoArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := a.collision(f.Destinations(), nil); err != nil {
				return err
			}
			v := report.Version{Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			a.code = a.emitResult(&f, nil, nil, exitOK, func(w *outlet.Pieces, f view.Format, _ view.Options) error {
				return f.Version(w, v)
			})
			return nil
		},
	}
	f.Bind(cmd.Flags(), view.VersionFormats())
	return cmd
}
