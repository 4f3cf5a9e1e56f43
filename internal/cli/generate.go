package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/generate"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
	"github.com/kreconcile/kreconcile/kubeapi"
)

const fromSnapshotFlag = "from-snapshot"

// generateFlags are the flags of generate.
type generateFlags struct {
	generate.Options
	paths     []string
	recursive bool
	since     string
	snapshot  string
	selection generate.Selection
	out       string
}

func (a *app) generateCommand() *cobra.Command {
	var f generateFlags
	cmd := &cobra.Command{
		Use:   "generate [-f PATH]",
		Short: "Write the declaration that manifests need",
		Long: `Write the declaration that manifests need: each kind of their objects that they do
not bring along as a CustomResourceDefinition or an APIService. It asks no cluster.
A warning names an API that Kubernetes has deprecated or removed.

A PATH is a file of YAML or JSON, a folder or - for standard input. With
--from-snapshot, it writes what a recorded cluster served.`,
		Example: `  helm template web ./chart | kreconcile generate -f - > requirements.hcl
  kustomize build | kreconcile generate -f - --fields --min-release 1.30
  kreconcile generate -f deploy -R --permissions --out requirements.hcl
  kreconcile generate -f chart/crds --crds   # does a cluster serve these, or older ones?
  kreconcile generate --from-snapshot cluster.json --group apps`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("manifests are named with -f, as in kreconcile generate -f %s", args[0])
			}
			return nil
		},
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := f.check(); err != nil {
			return err
		}
		read := flags.Origins("the manifest", f.paths)
		if f.snapshot != "" {
			read = append(read, outlet.Origin{Name: "the snapshot", Path: f.snapshot})
		}
		if err := a.collision([]outlet.Destination{{Flag: "--out", Path: f.out}}, read); err != nil {
			return err
		}
		a.reported = true
		a.code = exitError
		var diags hcl.Diagnostics
		a.protect(flags.LoudnessOf(cmd.Flags()).Debug, &diags, func() {
			if f.snapshot != "" {
				diags = a.pin(&f)
				return
			}
			diags = a.generate(&f, flags.LoudnessOf(cmd.Flags()).Quiet)
		})
		a.printDiagnostics(diags, nil, false)
		if !diags.HasErrors() {
			a.code = exitOK
		}
		a.code = unlessEnded(cmd.Context(), a.code)
		return nil
	}
	set := cmd.Flags()
	set.StringArrayVarP(&f.paths, "filename", "f", nil, "read the manifests at this `path`; repeatable")
	set.BoolVarP(&f.recursive, "recursive", "R", false, "read the folders within a folder, too")
	set.BoolVar(&f.Fields, "fields", false, "also require the fields that the manifests use and that some release lacks, although it has the kind")
	set.StringVar(&f.since, "min-release", "", "with --fields: consider only this `release` and later ones, such as 1.30")
	set.BoolVar(&f.Permissions, "permissions", false, "also require the permissions to install and remove the objects")
	set.BoolVar(&f.Definitions, flags.CRDsFlag, false, "require every version and field of the CustomResourceDefinitions in the manifests")
	set.StringVar(&f.snapshot, fromSnapshotFlag, "", "write what the cluster served that this `file` recorded, in place of manifests")
	set.StringArrayVar(&f.selection.Groups, "group", nil, "with --from-snapshot: only this `group`, such as apps or core; repeatable")
	set.StringArrayVar(&f.selection.Kinds, "kind", nil, "with --from-snapshot: only this `kind`, such as Deployment; repeatable")
	set.StringVar(&f.out, "out", "", "write to this `file` instead of standard output")
	return cmd
}

// check refuses flags that do not go together.
func (f *generateFlags) check() error {
	switch once := flags.ReadOnce(f.paths); {
	case f.snapshot != "" && (len(f.paths) > 0 || f.recursive || f.since != "" || f.Options != generate.Options{}):
		return fmt.Errorf("--%s can be used only with --group, --kind and --out", fromSnapshotFlag)
	case f.snapshot == "" && len(f.selection.Groups)+len(f.selection.Kinds) > 0:
		return fmt.Errorf("--group and --kind need --%s", fromSnapshotFlag)
	case f.snapshot != "":
		return nil
	case len(f.paths) == 0:
		return errors.New("no manifests are named; use -f PATH, or -f - for standard input")
	case once != nil:
		return once
	case f.since == "":
		return nil
	case !f.Fields:
		return errors.New("--min-release needs --fields")
	}
	v, err := kubeapi.ParseVersion(f.since)
	if _, known := catalog.Find(v); err != nil || !known || !v.PatchUnknown {
		all := catalog.Releases()
		return fmt.Errorf("--min-release: %q is no release that kreconcile knows, from %s to %s", f.since, all[0], all[len(all)-1])
	}
	f.Since = v
	return nil
}

// pin writes what a snapshot has.
func (a *app) pin(f *generateFlags) hcl.Diagnostics {
	var diags hcl.Diagnostics
	s, err := files.LoadSnapshot(f.snapshot)
	if err == nil {
		var text string
		var gaps []*discovery.Failure
		text, gaps, err = generate.Snapshot(s, f.selection)
		for _, gap := range gaps {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Incomplete snapshot", Detail: report.Sentence(gap.Error())})
		}
		if err == nil {
			err = a.deliver(text, safe.Plain, f.out)
		}
	}
	if err != nil {
		diags = append(diags, operational(err))
	}
	return diags
}

// generate reads the manifests and writes the declaration. It writes nothing if one of them has an error.
func (a *app) generate(f *generateFlags, quiet bool) hcl.Diagnostics {
	g := generate.New(f.Options)
	var width func() int
	if !quiet {
		width = a.stderr.Width(a.getenv("TERM"))
	}
	shown := metered{g, outlet.NewMeter(a.stderr, width)}
	diags := files.Objects{Into: shown, Recursive: f.recursive, Prefix: "-f ", All: "manifests", One: "object"}.Read(f.paths, a.Stdin)
	shown.meter.Close()
	if diags.HasErrors() {
		return diags
	}
	text, err := g.Declaration()
	if err == nil {
		err = a.deliver(text, safe.Plain, f.out)
	}
	for _, w := range g.Warnings() {
		message := w.Message
		if w.More > 0 {
			message += fmt.Sprintf(" (and %d more)", w.More)
		}
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: w.Summary, Detail: report.Sentence(message), Subject: files.Line(w.File, w.Line)})
	}
	if err != nil {
		diags = append(diags, operational(err))
	}
	return diags
}

// metered shows how much a generator has read.
type metered struct {
	*generate.Generator
	meter *outlet.Meter
}

func (m metered) Read(name string, r io.Reader) (int, error) {
	return m.Generator.Read(name, m.meter.Of(name, r))
}
