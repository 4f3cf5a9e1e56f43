package files

import (
	"os"
	"path/filepath"
)

// ChartFile returns the path of a chart's Chart.yaml: the path itself, or the file in that folder.
func ChartFile(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, "Chart.yaml")
	}
	return path
}
