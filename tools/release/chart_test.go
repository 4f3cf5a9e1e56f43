package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestChartFiles tests which files of the chart are packed.
func TestChartFiles(t *testing.T) {
	charts := fstest.MapFS{}
	for _, name := range []string{"Chart.yaml", "values.yaml", "values.yaml.orig", "templates/a.yaml", "templates/tests/a.yaml~", "ci/a.yaml", "templates/ci/a.yaml", "old"} {
		charts["kreconcile/"+name] = &fstest.MapFile{Data: []byte(name)}
	}
	charts["other/Chart.yaml"] = &fstest.MapFile{}
	charts["kreconcile/.helmignore"] = &fstest.MapFile{Data: []byte("# Not these.\n\n*.orig\n*~\nci/\nold/\n")}
	files, err := chartFiles(charts)
	want := "kreconcile/.helmignore kreconcile/Chart.yaml kreconcile/old kreconcile/templates/a.yaml kreconcile/values.yaml"
	if got := strings.Join(slices.Sorted(maps.Keys(files)), " "); err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	for _, pattern := range []string{"!a.yaml", "templates/a.yaml", "/ci/", "[a"} {
		charts["kreconcile/.helmignore"] = &fstest.MapFile{Data: []byte(pattern)}
		if _, err := chartFiles(charts); err == nil || !strings.Contains(err.Error(), pattern) {
			t.Errorf("the pattern %s gives %v", pattern, err)
		}
	}
}
