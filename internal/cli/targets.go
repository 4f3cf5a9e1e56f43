package cli

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/catalog"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/internal/files"
	"github.com/kreconcile/kreconcile/internal/flags"
	"github.com/kreconcile/kreconcile/internal/live"
	"github.com/kreconcile/kreconcile/internal/outlet"
	"github.com/kreconcile/kreconcile/internal/parallel"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/run"
	"github.com/kreconcile/kreconcile/manifest"
)

// aTarget is what the declaration is compared with: one of the snapshots, releases and clusters.
type aTarget struct {
	name     string
	snapshot string
	release  *catalog.Selection
	cluster  *live.Connection
	// namespace is that of the declaration.
	namespace string
}

// targets returns the targets of a run: the snapshots and the releases, or the clusters if there are none. With
// --shard, it is a part of them.
func (a *app) targets(f *planFlags, releases []catalog.Selection, logger *slog.Logger) ([]aTarget, error) {
	var list []aTarget
	if len(f.snapshots)+len(releases) == 0 {
		clusters, err := a.access().Clusters(&f.Connection)
		if err != nil {
			return nil, err
		}
		a.redactor.Keep = 2 * len(clusters)
		for _, c := range clusters {
			list = append(list, aTarget{name: c.Context, cluster: c, namespace: a.podNamespace(f.namespace, c, logger)})
		}
		return flags.Part(f.shard, list, func(t aTarget) string { return t.name })
	}
	namespace := a.podNamespace(f.namespace, &f.Connection, logger)
	for i, path := range f.snapshots {
		if slices.ContainsFunc(f.snapshots[:i], func(earlier string) bool { return flags.SamePath(earlier, path) }) {
			continue
		}
		list = append(list, aTarget{name: path, snapshot: path, namespace: namespace})
	}
	for i := range releases {
		list = append(list, aTarget{name: releases[i].Version, release: &releases[i], namespace: namespace})
	}
	return flags.Part(f.shard, list, func(t aTarget) string { return t.name })
}

// comparer compares declarations with targets.
type comparer struct {
	*app
	f        *planFlags
	crds     *manifest.CRDs
	begun    *live.Attempt
	logger   *slog.Logger
	progress *fleet
}

// outcome is what came of one target. Who is the identity that asked, and empty if none did.
type outcome struct {
	target *report.Target
	passes *apply.Series
	who    string
	err    error
}

// compareAll compares each target with the declaration of its namespace: clusters and releases side by side, and
// snapshots, which may be large, one after the other. After an error, it begins with no other target: the outcomes are
// those of the first ones.
func (c *comparer) compareAll(ctx context.Context, targets []aTarget, declarations map[string]*config.Declaration) []outcome {
	outcomes := make([]outcome, len(targets))
	var failed atomic.Bool
	atOnce := int(c.f.parallel)
	if len(c.f.releases) > 0 && len(c.f.snapshots)+c.crds.Len() == 0 {
		atOnce = runtime.GOMAXPROCS(0)
	}
	parallel.Each(atOnce, len(targets), func(i int) {
		if failed.Load() {
			return
		}
		t, o := targets[i], &outcomes[i]
		o.target = &report.Target{}
		d := declarations[t.namespace]
		switch {
		case t.cluster != nil:
			c.progress.begin(t.name)
			o.passes, o.who, o.err = c.compareCluster(ctx, t.cluster, d, o.target)
			c.progress.end(t.name, o.passes, c.f)
		case t.release != nil:
			o.passes = c.once(c.compareRelease(*t.release, d, o.target))
		default:
			var plan *apply.Plan
			if plan, o.err = c.compareSnapshot(t.snapshot, d, o.target); o.err == nil {
				o.passes = c.once(plan)
			}
		}
		if o.err != nil || d.Exceeded() != nil {
			failed.Store(true)
		}
	})
	if i := slices.IndexFunc(outcomes, func(o outcome) bool { return o.target == nil }); i >= 0 {
		return outcomes[:i]
	}
	return outcomes
}

func (c *comparer) once(plan *apply.Plan) *apply.Series {
	passes := &apply.Series{}
	passes.Add(plan, c.f.policy)
	return passes
}

func (c *comparer) compareSnapshot(path string, d *config.Declaration, target *report.Target) (*apply.Plan, error) {
	s, err := files.LoadSnapshot(path)
	if err != nil {
		return nil, err
	}
	origin := &report.Origin{Endpoint: s.Endpoint, Snapshot: &report.SnapshotFile{Path: path, Time: s.Time}, CRDs: c.crds.Len(), CRDPaths: c.f.crds}
	target.Origin = origin.WithVersion(s.Version.Value)
	return run.Snapshot(s, run.Changes{CRDs: c.crds}, d), nil
}

func (c *comparer) compareRelease(r catalog.Selection, d *config.Declaration, target *report.Target) *apply.Plan {
	target.Origin = &report.Origin{Release: &report.Release{Version: r.Version, Source: r.Release.Source().String()}, CRDs: c.crds.Len(), CRDPaths: c.f.crds}
	return run.Release(r.Release, r.Patch, run.Changes{CRDs: c.crds}, d)
}

// connectionOrigins are the files that a connection may read.
func (a *app) connectionOrigins(c *live.Connection) []outlet.Origin {
	if a.access().HasContexts() {
		return flags.Origins("the kubeconfig", a.access().Kubeconfigs(c))
	}
	return flags.ConnectionOrigins(c)
}

// bindConnection adds the flags that choose clusters. Several is set for a command that takes more than one.
func (a *app) bindConnection(set *pflag.FlagSet, c *live.Connection, several bool) {
	if a.access().HasContexts() {
		flags.BindContexts(set, c, several)
		return
	}
	flags.BindConnection(set, c)
}
