package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The modules of a release. Kubernetes v1.34.2 and k8s.io/api v0.34.2 are the same release.
const (
	kubernetesModule = "k8s.io/kubernetes"
	apiModule        = "k8s.io/api"
)

// typeModules have the Go types of kinds.
func typeModules() []string {
	return []string{apiModule, "k8s.io/apiextensions-apiserver", "k8s.io/kube-aggregator"}
}

// version is a release of Kubernetes 1.
type version struct{ minor, patch int }

func (v version) String() string { return fmt.Sprintf("1.%d.%d", v.minor, v.patch) }

// of returns how a module calls the release.
func (v version) of(module string) string {
	if module == kubernetesModule {
		return "v" + v.String()
	}
	return fmt.Sprintf("v0.%d.%d", v.minor, v.patch)
}

func compareVersions(a, b version) int {
	return cmp.Or(cmp.Compare(a.minor, b.minor), cmp.Compare(a.patch, b.patch))
}

var versionPattern = regexp.MustCompile(`^v?1\.(\d+)(?:\.(\d+))?$`)

// parseVersion reads "1.34" or "v1.34.2". The patch is -1 if there is none.
func parseVersion(s string) (version, bool) {
	m := versionPattern.FindStringSubmatch(s)
	if m == nil {
		return version{}, false
	}
	minor, err := strconv.Atoi(m[1])
	v := version{minor, -1}
	if m[2] != "" && err == nil {
		v.patch, err = strconv.Atoi(m[2])
	}
	return v, err == nil
}

// proxy downloads modules by the go command.
type proxy struct {
	// cache is a folder for modules that are kept. If it is empty, none is kept.
	cache string
}

// listed returns the versions of Kubernetes that the proxy lists. It may have more than these.
func (p proxy) listed(ctx context.Context) ([]string, error) {
	out, err := p.run(ctx, "", "list", "-m", "-versions", "-json", kubernetesModule)
	if err != nil {
		return nil, err
	}
	var list struct{ Versions []string }
	err = json.Unmarshal(out, &list)
	return list.Versions, err
}

// choose returns the newest known patch of each wanted release, in order. A release that names its
// patch is taken as it is. Several are written as 1.24..1.37.
func choose(wanted, known []string) ([]version, error) {
	newest := map[int]int{}
	for _, s := range known {
		if v, ok := parseVersion(s); ok && v.patch >= newest[v.minor] {
			newest[v.minor] = v.patch
		}
	}
	var versions []version
	for _, s := range expand(wanted) {
		v, ok := parseVersion(s)
		if !ok {
			return nil, fmt.Errorf("%q is not a release such as 1.34 or 1.34.2", s)
		}
		if v.patch < 0 {
			patch, found := newest[v.minor]
			if !found {
				return nil, fmt.Errorf("the Go module proxy lists no patch of %s; name one, such as %s.1", s, s)
			}
			v.patch = patch
		}
		versions = append(versions, v)
	}
	slices.SortFunc(versions, compareVersions)
	for i := range versions[1:] {
		if versions[i].minor == versions[i+1].minor {
			return nil, fmt.Errorf("%s and %s are the same release", versions[i], versions[i+1])
		}
	}
	if len(versions) > maxReleases {
		return nil, fmt.Errorf("%d releases, and a set has room for %d", len(versions), maxReleases)
	}
	return versions, nil
}

// expand replaces each range by its releases. What is no range stays as it is.
func expand(wanted []string) []string {
	var all []string
	for _, s := range wanted {
		from, to, isRange := strings.Cut(s, "..")
		first, fromOK := parseVersion(from)
		last, toOK := parseVersion(to)
		if !isRange || !fromOK || !toOK || first.patch >= 0 || last.patch >= 0 || first.minor > last.minor {
			all = append(all, s)
			continue
		}
		for minor := first.minor; minor <= last.minor; minor++ {
			all = append(all, fmt.Sprintf("1.%d", minor))
		}
	}
	return all
}

// module is what the go command says of a downloaded module.
type module struct{ Path, Version, Sum, Dir, Error string }

// download downloads the modules of a release. The go command checks their hashes. Call remove
// after they were read.
func (p proxy) download(ctx context.Context, v version) (modules []module, remove func() error, err error) {
	cache := p.cache
	remove = func() error { return nil }
	if cache == "" {
		if cache, err = os.MkdirTemp("", "catalog"); err != nil {
			return nil, nil, err
		}
		remove = func() error { return os.RemoveAll(cache) }
	}
	args := []string{"mod", "download", "-json"}
	for _, path := range append([]string{kubernetesModule}, typeModules()...) {
		args = append(args, path+"@"+v.of(path))
	}
	out, runErr := p.run(ctx, cache, args...)
	decoder := json.NewDecoder(bytes.NewReader(out))
	for decoder.More() {
		var m module
		if err := decoder.Decode(&m); err != nil {
			return nil, nil, errors.Join(err, runErr, remove())
		}
		if m.Error != "" {
			runErr = errors.Join(runErr, errors.New(m.Error))
		}
		modules = append(modules, m)
	}
	if runErr != nil {
		return nil, nil, errors.Join(runErr, remove())
	}
	return modules, remove, nil
}

// run runs the go command outside any module.
func (p proxy) run(ctx context.Context, cache string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // The arguments are ours, and versions that were parsed.
	cmd.Dir = os.TempDir()
	cmd.Env = append(os.Environ(), "GOFLAGS=-modcacherw", "GOWORK=off")
	if cache != "" {
		cmd.Env = append(cmd.Env, "GOMODCACHE="+cache)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return out, err
}
