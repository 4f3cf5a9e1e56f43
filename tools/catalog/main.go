package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

func main() {
	folder := flag.String("o", "catalog", "the `folder` to write releases.gz, deprecated.tsv and sources.md to")
	cache := flag.String("cache", "", "a `folder` to keep the downloaded modules in; by default they are deleted")
	flag.Parse()
	// An interrupted run removes what it has downloaded.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *folder, *cache, flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "catalog:", err)
		os.Exit(1)
	}
}

// run reads the releases and writes the catalogue of them.
func run(ctx context.Context, folder, cache string, wanted []string) error {
	if len(wanted) == 0 {
		return errors.New(`name the releases, such as RELEASES="1.24..1.36 1.37.2"`)
	}
	proxy := proxy{cache: cache}
	known, err := proxy.listed(ctx)
	if err != nil {
		return err
	}
	// The proxy may not list every patch that it has, and the catalogue never goes back.
	before, err := releasesIn(filepath.Join(folder, archiveName))
	if err != nil {
		return err
	}
	versions, err := choose(wanted, append(known, before...))
	if err != nil {
		return err
	}
	var releases []*release
	for _, version := range versions {
		fmt.Fprintln(os.Stderr, "reading", version)
		r, err := proxy.read(ctx, version)
		if err != nil {
			return fmt.Errorf("%s: %w", version, err)
		}
		releases = append(releases, r)
	}
	return cmp.Or(
		os.WriteFile(filepath.Join(folder, archiveName), encode(releases), 0o644),
		os.WriteFile(filepath.Join(folder, "deprecated.tsv"), deprecated(releases), 0o644),
		os.WriteFile(filepath.Join(folder, "sources.md"), sourcesPage(releases), 0o644),
	)
}

// release is what one Kubernetes release publishes.
type release struct {
	version version
	// sources are the modules that it was read from.
	sources []source
	// facts are the lines of the catalogue that hold for the release, without the set of releases.
	facts map[string]bool
	// lives has the declared lifecycle of each kind, by group version and kind.
	lives map[string]life
}

// source is a Go module, with its hash as in go.sum.
type source struct{ module, version, sum string }

// read downloads the modules of a release, and reads them.
func (p proxy) read(ctx context.Context, v version) (*release, error) {
	modules, remove, err := p.download(ctx, v)
	if err != nil {
		return nil, err
	}
	r, err := readRelease(v, modules)
	return r, errors.Join(err, remove())
}

// readRelease reads the modules of a release, which are in folders.
func readRelease(v version, modules []module) (*release, error) {
	r := &release{version: v, facts: map[string]bool{}, lives: map[string]life{}}
	folders := map[string]string{}
	for _, m := range modules {
		r.sources = append(r.sources, source{m.Path, m.Version, m.Sum})
		folders[m.Path] = m.Dir
	}
	kubernetes := folders[kubernetesModule]
	documents, err := readDocuments(kubernetes)
	if err != nil {
		return nil, err
	}
	s, err := readSchemas(documents)
	if err != nil {
		return nil, err
	}
	s.facts(r.facts)

	groups, err := readGroups(folders)
	if err != nil {
		return nil, err
	}
	defaults, err := readDefaults(kubernetes, groups)
	if err != nil {
		return nil, err
	}
	resources, err := readResources(kubernetes, documents)
	if err != nil {
		return nil, err
	}
	if err := defaults.apply(resources); err != nil {
		return nil, err
	}
	for _, resource := range resources {
		r.facts[resource.fact()] = true
	}
	return r, readLives(r.lives, groups)
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
