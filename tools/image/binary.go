package main

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	oci "github.com/google/go-containerregistry/pkg/v1"
)

// project is the path of the main module. It has a package for each program, cmd/NAME. An
// image may contain no other program.
const (
	project = "github.com/kreconcile/kreconcile"
	gate    = "kreconcile"
	plugin  = "kubectl-kreconcile"
)

// binary is the program, with what the go command recorded in it.
type binary struct {
	path string
	// name is that of the program, without the extension of a platform.
	name     string
	content  []byte
	info     *debug.BuildInfo
	platform oci.Platform
}

// readBinary reads one of the project's programs from a file.
func readBinary(path string) (*binary, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	b := &binary{path: path, content: content, info: info}
	switch info.Path {
	case project + "/cmd/" + gate:
		b.name = gate
	case project + "/cmd/" + plugin:
		b.name = plugin
	default:
		return nil, fmt.Errorf("%s is %s, not %s/cmd/%s or %[3]s/cmd/%[5]s", path, info.Path, project, gate, plugin)
	}
	b.platform = oci.Platform{OS: b.setting("GOOS"), Architecture: b.setting("GOARCH")}
	return b, nil
}

// alone says why the program cannot run in an empty file system.
func (b *binary) alone() error {
	if b.platform.OS != "linux" {
		return fmt.Errorf("it is for %s, and an image without a base is for linux", b.platform)
	}
	file, err := elf.NewFile(bytes.NewReader(b.content))
	if err != nil {
		return err
	}
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			return fmt.Errorf("it is linked dynamically; build it with CGO_ENABLED=0")
		}
	}
	return nil
}

// setting returns a build setting, or "" if it was not recorded.
func (b *binary) setting(key string) string {
	for _, s := range b.info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// version is what kreconcile version prints.
func (b *binary) version() string {
	if v := b.info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return "dev"
}

// tagged is the version, or "" if there is none.
func (b *binary) tagged() string {
	if v := b.version(); v != "dev" {
		return v
	}
	return ""
}

// created is the time of the image and the SBOM: that of the commit, or
// SOURCE_DATE_EPOCH if it is set. If neither is known, it is the Unix epoch, which
// tools read as no time.
//
// Source: https://reproducible-builds.org/docs/source-date-epoch/
func (b *binary) created(sourceDateEpoch string) (time.Time, error) {
	if sourceDateEpoch != "" {
		seconds, err := strconv.ParseUint(sourceDateEpoch, 10, 40)
		if err != nil {
			return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
		return time.Unix(int64(seconds), 0).UTC(), nil
	}
	recorded := b.setting("vcs.time")
	if recorded == "" {
		return time.Unix(0, 0).UTC(), nil
	}
	commit, err := time.Parse(time.RFC3339, recorded)
	return commit.UTC().Truncate(time.Second), err
}

// modules are the linked modules other than the program's own, after replacements.
func (b *binary) modules() []*debug.Module {
	var modules []*debug.Module
	for _, m := range b.info.Deps {
		switch {
		case m.Path == project:
			// The plugin's module takes it from the same commit.
			m = &debug.Module{Path: project, Version: b.tagged()}
		case m.Replace != nil:
			m = m.Replace
		}
		modules = append(modules, m)
	}
	return modules
}
