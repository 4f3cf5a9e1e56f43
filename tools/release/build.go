package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/kreconcile/kreconcile/tools/notices"
)

// program is one that a release has, in an archive for each platform.
type program struct {
	name string
	// module is its module's folder in the repository. Its version is a tag with this
	// folder in front.
	module string
	// target builds it with make.
	target string
	// limit is how many bytes one platform's image may have, compressed. For kreconcile, it
	// is more than make image allows, so that it is not the release that fails first.
	limit int
}

func programs() []program {
	return []program{
		{"kreconcile", ".", "build", 5_500_000},
		{"kubectl-kreconcile", "cmd/kubectl-kreconcile", "plugin", 8_000_000},
	}
}

// built is a program for one platform.
type built struct {
	program  program
	platform platform
	// path is that of the binary, and archive the name of the file that users download,
	// which has the given SHA-256.
	path, archive, sum string
}

// label is the common part of the names of a program's files for one platform.
func (r *release) label(b *built) string {
	return fmt.Sprintf("%s_%s_%s_%s", b.program.name, r.version, b.platform.system, b.platform.architecture)
}

// checkout clones the commit, and gives it the tags of the version. There are no others,
// so that the go command can find no other version for the commit.
func (r *release) checkout(ctx context.Context) error {
	root, err := r.git(ctx, r.root, "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	from := (&url.URL{Scheme: "file", Path: filepath.ToSlash(root)}).String()
	if _, err := r.git(ctx, r.scratch, "clone", "--quiet", "--depth=1", "--no-tags", from, r.clone()); err != nil {
		return err
	}
	head, err := r.git(ctx, r.clone(), "rev-parse", "HEAD")
	if err != nil {
		return err
	}
	if head != r.commit {
		return fmt.Errorf("the clone has commit %s, want %s: something else changed the repository", head, r.commit)
	}
	for _, p := range programs() {
		if _, err := r.git(ctx, r.clone(), "tag", path.Join(p.module, r.version)); err != nil {
			return err
		}
	}
	return nil
}

// build builds each program for each platform, with an SBOM and an archive.
func (r *release) build(ctx context.Context) error {
	if err := r.buildImager(ctx); err != nil {
		return err
	}
	for _, p := range programs() {
		for _, on := range r.platforms {
			r.built = append(r.built, built{program: p, platform: on})
		}
	}
	return r.each(len(r.built), func(i int) error {
		b := &r.built[i]
		if err := r.buildOne(ctx, b); err != nil {
			return fmt.Errorf("%s for %s: %w", b.program.name, b.platform, err)
		}
		return nil
	})
}

// each calls a function with the numbers below n, some at the same time.
func (r *release) each(n int, do func(i int) error) error {
	failures := make([]error, n)
	slots := make(chan struct{}, r.parallel)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			failures[i] = do(i)
		})
	}
	group.Wait()
	return errors.Join(failures...)
}

func (r *release) imager() string { return filepath.Join(r.scratch, "image") }

// buildImager builds the tool that makes images and SBOMs.
func (r *release) buildImager(ctx context.Context) error {
	_, err := r.command(ctx, filepath.Join(r.clone(), "tools"), r.goEnvironment("", ""), "go", "build", "-gcflags=all=-dwarf=false", "-o", r.imager(), "./image")
	return err
}

// goEnvironment has what decides on the bytes of a binary besides the sources.
func (r *release) goEnvironment(system, architecture string) []string {
	return []string{
		"GOOS=" + system, "GOARCH=" + architecture, "CGO_ENABLED=0", "GOWORK=off", "GOEXPERIMENT=",
		// The oldest processors that Go supports.
		"GOAMD64=v1", "GOARM64=v8.0",
		"GOFLAGS=-buildvcs=true", "SOURCE_DATE_EPOCH=",
	}
}

func (r *release) buildOne(ctx context.Context, b *built) error {
	dir := filepath.Join(r.scratch, "bin", r.label(b))
	b.path = filepath.Join(dir, b.program.name+b.platform.extension())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	_, err := r.command(ctx, r.clone(), r.goEnvironment(b.platform.system, b.platform.architecture), "make", b.program.target, "binary="+b.path)
	if err != nil {
		return err
	}
	info, err := r.expect(b)
	if err != nil {
		return err
	}
	files, err := notices.Files(ctx, info, filepath.Join(r.clone(), filepath.FromSlash(b.program.module)))
	if err != nil {
		return err
	}
	// Where people and tools look for it.
	files["LICENSE"] = files["licenses/LICENSE"]
	delete(files, "licenses/LICENSE")
	name := filepath.Base(b.path)
	if files[name], err = os.ReadFile(b.path); err != nil {
		return err
	}
	if err := r.writeArchive(b, files, name); err != nil {
		return err
	}
	if _, err := r.command(ctx, r.clone(), []string{"SOURCE_DATE_EPOCH="}, r.imager(), "-sbom", b.path); err != nil {
		return err
	}
	return os.Rename(b.path+".cdx.json", filepath.Join(r.dist(), r.label(b)+".cdx.json"))
}

// expect checks that the binary says what it will be published as.
func (r *release) expect(b *built) (*debug.BuildInfo, error) {
	info, err := buildinfo.ReadFile(b.path)
	if err != nil {
		return nil, err
	}
	if info.Main.Version != r.version {
		return nil, fmt.Errorf("the go command recorded the version %s, want %s", info.Main.Version, r.version)
	}
	for _, setting := range []string{
		"vcs.revision=" + r.commit, "vcs.modified=false", "GOOS=" + b.platform.system, "GOARCH=" + b.platform.architecture, "CGO_ENABLED=0", "-trimpath=true",
	} {
		key, value, _ := strings.Cut(setting, "=")
		if !slices.Contains(info.Settings, debug.BuildSetting{Key: key, Value: value}) {
			return nil, fmt.Errorf("the go command did not record %s", setting)
		}
	}
	return info, nil
}

// images makes the image of each program for the platforms that containers run on.
func (r *release) images(ctx context.Context) error {
	return r.each(len(programs()), func(i int) error {
		p := programs()[i]
		args := []string{"-limit", strconv.Itoa(p.limit), "-module", filepath.FromSlash(p.module), "-o", filepath.Join(r.dist(), "images", p.name)}
		var binaries []string
		for _, b := range r.built {
			if b.program == p && b.platform.system == "linux" {
				binaries = append(binaries, b.path)
			}
		}
		if len(binaries) == 0 {
			return nil
		}
		_, err := r.command(ctx, r.clone(), []string{"SOURCE_DATE_EPOCH="}, r.imager(), slices.Concat(args, binaries)...)
		return err
	})
}
