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

// InstallSARIFMultitool installs Microsoft's SARIF validator with npm, and sets its
// path. The lock file of e2e/sarif pins its version and content. The download is
// about 100 MB.
func (p *Paths) InstallSARIFMultitool(ctx context.Context) error {
	if _, err := exec.LookPath("npm"); err != nil {
		return ErrNoNPM
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return fmt.Errorf("no folder to keep installed programs in: %w", err)
	}
	cache = filepath.Join(cache, "kreconcile-e2e")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	module := filepath.Join(p.Root, "e2e", "sarif")
	lock, err := os.ReadFile(filepath.Join(module, "package-lock.json"))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(lock)
	dir := filepath.Join(cache, "sarif-"+hex.EncodeToString(sum[:8]))
	program := filepath.Join("node_modules", "@microsoft", "sarif-multitool-"+runtime.GOOS, "Sarif.Multitool")
	p.SARIFMultitool = filepath.Join(dir, program)
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	// npm writes beside package.json. The first process to finish renames the whole
	// folder into place.
	scratch, err := os.MkdirTemp(cache, "sarif-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	if err := os.CopyFS(scratch, os.DirFS(module)); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = scratch
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	// The package's only script does this.
	if err := os.Chmod(filepath.Join(scratch, program), 0o755); err != nil {
		return err
	}
	if err := os.Rename(scratch, dir); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}
