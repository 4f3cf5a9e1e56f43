package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// allPlatforms are those that a release has programs for.
const allPlatforms = "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64"

// run is main with its effects as parameters. It replaces an earlier release only after
// everything has succeeded.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.SetOutput(stderr)
	root := flags.String("root", ".", "the folder of the repository")
	output := flags.String("o", "dist", "the folder of the release")
	list := flags.String("platforms", allPlatforms, "the platforms, to try a release with fewer")
	parallel := flags.Int("parallel", min(runtime.NumCPU(), 4), "how many programs are built at the same time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || flags.Arg(0) == "" {
		return errors.New("which version? Run make release VERSION=v0.2.0")
	}
	platforms, err := parsePlatforms(*list)
	if err != nil {
		return err
	}
	r := &release{
		root: *root, version: flags.Arg(0), platforms: platforms, parallel: max(*parallel, 1),
		output: filepath.Clean(*output), environ: environ, log: stderr,
	}
	if err := r.check(ctx); err != nil {
		return err
	}
	if err := replaceable(r.output); err != nil {
		return err
	}
	if r.scratch, err = os.MkdirTemp("", "release-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(r.scratch)) }()

	if err := r.make(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(r.output); err != nil {
		return err
	}
	if err := os.CopyFS(r.output, os.DirFS(r.dist())); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s holds kreconcile %s, commit %s, built with %s\n", r.output, r.version, r.commit, runtime.Version())
	return err
}

// release is what is made.
type release struct {
	// root is the folder of the repository, and output that of the release.
	root, output string
	// version is the tag, such as v0.2.0.
	version   string
	platforms []platform
	parallel  int
	environ   []string
	log       io.Writer
	// scratch is a folder for what is needed on the way.
	scratch string

	// commit is the one that is checked out, time its time, and notes the section of the
	// changelog. Set by check.
	commit string
	time   time.Time
	notes  string
	// built are the programs for each platform, and archives what users download, both in
	// the order of programs and platforms. Set by build.
	built []built
}

// number is the version without its v, as in the changelog, in charts and in image tags.
func (r *release) number() string { return strings.TrimPrefix(r.version, "v") }

func (r *release) clone() string { return filepath.Join(r.scratch, "clone") }
func (r *release) dist() string  { return filepath.Join(r.scratch, "dist") }

// make makes all files in the scratch folder.
func (r *release) make(ctx context.Context) error {
	if err := os.Mkdir(r.dist(), 0o755); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		r.checkout, r.build, r.images, r.chart, r.manifests, r.checksums,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// platform is one for which programs are built.
type platform struct{ system, architecture string }

func (p platform) String() string { return p.system + "/" + p.architecture }

// extension is that of the programs.
func (p platform) extension() string {
	if p.system == "windows" {
		return ".exe"
	}
	return ""
}

// parsePlatforms reads a list such as linux/amd64,darwin/arm64.
func parsePlatforms(list string) ([]platform, error) {
	var platforms []platform
	known := strings.Split(allPlatforms, ",")
	for name := range strings.SplitSeq(list, ",") {
		system, architecture, _ := strings.Cut(name, "/")
		p := platform{system, architecture}
		if slices.Contains(platforms, p) {
			return nil, fmt.Errorf("the platform %s is listed twice", p)
		}
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("the platform %q is none of %s", name, allPlatforms)
		}
		platforms = append(platforms, p)
	}
	return platforms, nil
}

// replaceable refuses to replace a folder that is neither empty, nor a release, nor what
// make image wrote.
func replaceable(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, sign := range []string{"checksums.txt", filepath.Join("image", "oci-layout")} {
		if _, err := os.Stat(filepath.Join(path, sign)); err == nil {
			return nil
		}
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s holds %s, and is no release: move it away", path, entries[0].Name())
	}
	return nil
}
