package notices

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
)

// project is the module that holds kreconcile's own licence.
const project = "github.com/kreconcile/kreconcile"

// Files returns the licences of a binary that was built from the module in a folder, by
// the path at which they are passed on: licenses/LICENSE is kreconcile's own, licenses/go
// has Go's, and licenses/MODULE those of each linked module. A module without a licence
// is an error, and so is one of another version than the binary links.
func Files(ctx context.Context, info *debug.BuildInfo, module string) (map[string][]byte, error) {
	folders, err := folders(ctx, info, module)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for target, folder := range folders {
		if err := add(files, target, folder); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// folders maps the folders of the result to those on this machine that hold the
// licences.
func folders(ctx context.Context, info *debug.BuildInfo, module string) (map[string]string, error) {
	root, err := goOutput(ctx, module, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	// A module of this project in an inner folder has its licence from the project's module.
	folders := map[string]string{"licenses": module, "licenses/go": strings.TrimSpace(string(root))}
	versions := map[string]string{}
	for _, m := range info.Deps {
		versions[m.Path] = m.Version
	}
	output, err := goOutput(ctx, module, slices.Concat([]string{"list", "-m", "-json"}, slices.Sorted(maps.Keys(versions)))...)
	if err != nil {
		return nil, err
	}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var m struct{ Path, Version, Dir string }
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			return folders, nil
		}
		if err != nil {
			return nil, err
		}
		if m.Version != versions[m.Path] {
			return nil, fmt.Errorf("the binary links %s %s, and %s requires %s: build it anew",
				m.Path, versions[m.Path], filepath.Join(module, "go.mod"), m.Version)
		}
		if m.Dir == "" {
			return nil, fmt.Errorf("%s %s is not in the module cache; go mod download brings it there", m.Path, m.Version)
		}
		target := "licenses/" + m.Path
		if m.Path == project {
			target = "licenses"
		}
		folders[target] = m.Dir
	}
}

func goOutput(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the arguments are paths of modules that the go command linked
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return output, nil
}

// add adds a folder's licences. A folder without one is an error.
func add(files map[string][]byte, target, folder string) error {
	name := regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	found := false
	for _, entry := range entries {
		if !name.MatchString(entry.Name()) || !entry.Type().IsRegular() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		files[path.Join(target, entry.Name())] = content
		found = true
	}
	if !found {
		return fmt.Errorf("%s holds no licence to pass on", folder)
	}
	return nil
}
