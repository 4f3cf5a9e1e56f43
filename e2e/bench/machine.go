package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// machine says what the figures depend on.
func machine(ctx context.Context, built *programs.Paths, pairs int) (string, error) {
	model := "unknown processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "", err
	}
	version, err := exec.CommandContext(ctx, "curl", "--version").Output()
	if err != nil {
		return "", err
	}
	_, curl, _ := strings.Cut(string(version), " ")
	curl, _, _ = strings.Cut(curl, " ")
	return fmt.Sprintf("Measured on %d cores of %s, Linux %s, with Go %s, Kubernetes %s, client-go %s and curl %s. Medians of %d runs; in brackets, the middle half.",
		runtime.NumCPU(), model, strings.TrimSpace(string(kernel)), strings.TrimPrefix(runtime.Version(), "go"),
		strings.TrimPrefix(built.Kubernetes, "v"), strings.TrimPrefix(moduleVersion("k8s.io/client-go"), "v"), curl, pairs), nil
}

// moduleVersion is the version of a module in this build.
func moduleVersion(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == path {
				return m.Version
			}
		}
	}
	return "unknown"
}
