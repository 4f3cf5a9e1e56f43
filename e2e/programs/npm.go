package programs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// ErrNoNPM says that there is no npm to install with.
var ErrNoNPM = errors.New("the command npm is not installed: install the packages nodejs and npm")

// InstallSARIFMultitool installs Microsoft's SARIF validator, and sets its path. The
// download is about 100 MB.
func (p *Paths) InstallSARIFMultitool(ctx context.Context) error {
	dir, err := InstallNPM(ctx, filepath.Join(p.Root, "e2e", "sarif"))
	if err != nil {
		return err
	}
	p.SARIFMultitool = filepath.Join(dir, "node_modules", "@microsoft", "sarif-multitool-"+runtime.GOOS, "Sarif.Multitool")
	// The package's only script does this.
	return os.Chmod(p.SARIFMultitool, 0o755)
}

// InstallNPM installs what the package.json in a folder asks for, and returns the folder that has
// node_modules, which is none of the work tree. The lock file pins versions and content.
func InstallNPM(ctx context.Context, module string) (string, error) {
	if _, err := exec.LookPath("npm"); err != nil {
		return "", ErrNoNPM
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder to keep installed programs in: %w", err)
	}
	cache = filepath.Join(cache, "kreconcile-e2e")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	lock, err := os.ReadFile(filepath.Join(module, "package-lock.json"))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(lock)
	dir := filepath.Join(cache, filepath.Base(module)+"-"+hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	// npm writes beside package.json. The first process to finish renames the whole
	// folder into place.
	scratch, err := os.MkdirTemp(cache, filepath.Base(module)+"-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	if err := os.CopyFS(scratch, os.DirFS(module)); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = scratch
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	if err := os.Rename(scratch, dir); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	return dir, nil
}
