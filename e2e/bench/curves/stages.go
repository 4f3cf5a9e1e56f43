package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing/fstest"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view"
	"github.com/kreconcile/kreconcile/internal/view/result"
	"github.com/kreconcile/kreconcile/kubeapi"
)

const (
	mostRequirements = 100_000
	mostTargets      = 1000
	// perGroup is how many resources each group version has.
	perGroup = 9
	// perRecorded is the same for a snapshot that is loaded: more groups are an error.
	perRecorded = 50
	// perSource is how many group versions a file declares. Much larger files are errors.
	perSource = 1000
)

// diffs judges as many requirements as the server has resources.
func diffs() (chart, error) {
	c := chart{file: "diff.svg", title: "Diff of a declaration against as many resources", unit: "requirement"}
	all := []curve{{name: "all satisfied"}, {name: "all drifted"}}
	for _, n := range counts(mostRequirements) {
		declaration, _, err := declare(n)
		if err != nil {
			return c, err
		}
		for i, s := range []*discovery.Snapshot{served(n), nothing()} {
			took, err := typical(func() error {
				if findings := len(apply.Diff(declaration, s).Findings); findings != n {
					return fmt.Errorf("%d findings for %d requirements", findings, n)
				}
				return nil
			})
			if err != nil {
				return c, err
			}
			all[i].add(n, took)
		}
	}
	c.curves = all
	return c, nil
}

// formats writes findings that all drifted, because those take the most text.
func formats() (chart, error) {
	c := chart{file: "formats.svg", title: "Writing a result in each format", unit: "finding"}
	list := view.ReportFormats()
	c.curves = make([]curve, len(list))
	for _, n := range counts(mostRequirements) {
		declaration, sources, err := declare(n)
		if err != nil {
			return c, err
		}
		plan := apply.Diff(declaration, nothing())
		r := &report.Report{
			Command: "apply", Version: "v1.0.0", ExitCode: 2, Sources: sources,
			Targets: []*report.Target{{Plan: plan, Verdict: plan.Verdict(apply.Policy{}), Origin: &report.Origin{Endpoint: "https://10.0.0.1"}}},
		}
		for i, f := range list {
			took, err := typical(func() error { return f.Report(io.Discard, r, view.Options{}) })
			if err != nil {
				return c, err
			}
			c.curves[i].name = f.Name
			c.curves[i].add(n, took)
		}
	}
	return c, nil
}

// snapshots loads saved snapshots.
func snapshots() (chart, error) {
	c := chart{file: "snapshot.svg", title: "Loading a snapshot", unit: "resource", curves: []curve{{name: "load"}}}
	for _, n := range counts(mostRequirements) {
		var saved bytes.Buffer
		if err := discovery.Save(&saved, recorded(n)); err != nil {
			return c, err
		}
		took, err := typical(func() error {
			_, err := discovery.Load(bytes.NewReader(saved.Bytes()))
			return err
		})
		if err != nil {
			return c, err
		}
		c.curves[0].add(n, took)
	}
	return c, nil
}

// targets judges many recorded clusters, and writes one report on all.
func targets(file string) (chart, error) {
	c := chart{file: "targets.svg", title: "Judging many targets, with one JSON report", unit: "target", curves: []curve{{name: "all"}}}
	recorded, err := os.ReadFile(file)
	if err != nil {
		return c, err
	}
	const declaration = "api \"v1\" {\n  resource \"pods\" { verbs = [\"get\"] }\n  resource \"services\" {}\n}\n" +
		"api \"apps/v1\" {\n  resource \"deployments\" { subresources = [\"scale\"] }\n  kind \"StatefulSet\" {}\n}\napi \"example.com/v1\" {}\n"
	sources := config.Sources{{Name: "main.hcl", Bytes: []byte(declaration)}}
	d, diags := config.Parse(sources, config.Inputs{})
	if diags.HasErrors() {
		return c, diags
	}
	for _, n := range counts(mostTargets) {
		took, err := typical(func() error {
			r := &report.Report{Command: "apply", Version: "v1.0.0", ExitCode: 2, Sources: sources}
			for i := range n {
				s, err := discovery.Load(bytes.NewReader(recorded))
				if err != nil {
					return err
				}
				plan := apply.Diff(d, s)
				r.Targets = append(r.Targets, &report.Target{
					Plan: plan, Verdict: plan.Verdict(apply.Policy{}),
					Origin: &report.Origin{Snapshot: &report.SnapshotFile{Path: fmt.Sprintf("cluster%d.json", i)}},
				})
			}
			return result.Write(io.Discard, r)
		})
		if err != nil {
			return c, err
		}
		c.curves[0].add(n, took)
	}
	return c, nil
}

// declare returns a declaration of n requirements, which served(n) satisfies.
func declare(n int) (*config.Declaration, config.Sources, error) {
	whole := &config.Declaration{Requirements: n}
	var sources config.Sources
	index := 0
	groups := groupsFor(n)
	for first := 0; first < groups; first += perSource {
		var text bytes.Buffer
		for g := first; g < min(first+perSource, groups); g++ {
			fmt.Fprintf(&text, "api %q {\n", groupName(g)+"/v1")
			for r := range resourcesOf(n, g) {
				fmt.Fprintf(&text, "  resource \"things%d\" {\n    scope = \"Namespaced\"\n    verbs = [\"get\", \"list\", \"watch\"]\n  }\n", r)
			}
			text.WriteString("}\n")
		}
		name := fmt.Sprintf("part%d.hcl", len(sources))
		loaded, _, diags := config.Load(fstest.MapFS{name: {Data: text.Bytes()}}, nil, []string{name}, nil)
		if diags.HasErrors() {
			return nil, nil, diags
		}
		sources = append(sources, loaded...)
		part, diags := config.Parse(loaded, config.Inputs{})
		if diags.HasErrors() {
			return nil, nil, diags
		}
		for _, api := range part.APIs {
			api.Index += index
			for _, r := range api.Resources {
				r.Index += index
			}
		}
		index += part.Requirements
		whole.APIs = append(whole.APIs, part.APIs...)
	}
	if index != n {
		return nil, nil, fmt.Errorf("%d requirements instead of %d", index, n)
	}
	return whole, sources, nil
}

// groupsFor returns the number of group versions of n requirements: each is one itself.
func groupsFor(n int) int { return (n + perGroup) / (perGroup + 1) }

// resourcesOf returns how many of n requirements are resources of a group.
func resourcesOf(n, group int) int { return min(perGroup, n-group*(perGroup+1)-1) }

func groupName(i int) string { return fmt.Sprintf("group%d.example.com", i) }

// served is the snapshot of a server with n group versions and resources.
func served(n int) *discovery.Snapshot {
	groups := make([]discovery.Group, groupsFor(n))
	for g := range groups {
		groups[g] = group(g, resourcesOf(n, g))
	}
	return snapshot(groups)
}

// recorded is the snapshot of a server with n resources.
func recorded(n int) *discovery.Snapshot {
	var groups []discovery.Group
	for first := 0; first < n; first += perRecorded {
		groups = append(groups, group(len(groups), min(perRecorded, n-first)))
	}
	return snapshot(groups)
}

// group is a group with one version and that many resources.
func group(number, resources int) discovery.Group {
	version := discovery.Version{Name: "v1", Freshness: kubeapi.FreshnessCurrent}
	version.Resources.Known = true
	for r := range resources {
		version.Resources.Value = append(version.Resources.Value, discovery.Resource{
			Name: fmt.Sprintf("things%d", r), Singular: fmt.Sprintf("thing%d", r), Kind: fmt.Sprintf("Thing%d", r),
			Scope: kubeapi.ScopeNamespaced, Verbs: strings.Fields("create delete deletecollection get list patch update watch"),
		})
	}
	return discovery.Group{Name: groupName(number), Preferred: "v1", Versions: []discovery.Version{version}}
}

// nothing is the snapshot of a server without any named group.
func nothing() *discovery.Snapshot { return snapshot([]discovery.Group{}) }

func snapshot(named []discovery.Group) *discovery.Snapshot {
	s := &discovery.Snapshot{Core: discovery.Known(discovery.Group{}), Named: discovery.Known(named)}
	s.Confirmed.Known = true
	return s
}
