package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// valuesSchema has what the tests read of the chart's values.schema.json.
type valuesSchema struct {
	Properties map[string]struct{ Properties map[string]any }
}

func chartSchema(t *testing.T) valuesSchema {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(chartDir(), "values.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema valuesSchema
	if err := json.Unmarshal(content, &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// chartValues returns the chart's values by path, as JSON. A map with fixed keys is
// split; any other is one value.
func chartValues(t *testing.T, file string) map[string]string {
	t.Helper()
	schema := chartSchema(t)
	var values map[string]any
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(content, &values); err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{}
	add := func(path string, value any) {
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		paths[path] = string(encoded)
	}
	for key, value := range values {
		if within, ok := value.(map[string]any); ok && schema.Properties[key].Properties != nil {
			for k, v := range within {
				add(key+"."+k, v)
			}
			continue
		}
		add(key, value)
	}
	return paths
}

// TestChartDescribesItsValues tests that the README's table has each value with its
// default, that the schema has exactly these, and that a value file changes each.
func TestChartDescribesItsValues(t *testing.T) {
	t.Parallel()
	values := chartValues(t, filepath.Join(chartDir(), "values.yaml"))

	readme, err := os.ReadFile(filepath.Join(chartDir(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Za-z.]+)` \\| (?:`([^|]*)`|see values.yaml) \\|.*\\|$").FindAllStringSubmatch(string(readme), -1) {
		table[row[1]] = row[2]
	}
	for path, value := range values {
		// A default that is too long for the table is as in values.yaml.
		if shown, found := table[path]; found && shown == "" && len(value) > 30 {
			table[path] = value
		}
	}
	if diff := cmp.Diff(values, table); diff != "" {
		t.Errorf("the table of values differs (-values.yaml +README.md):\n%s", diff)
	}

	schema := chartSchema(t)
	known := []string{}
	for key, property := range schema.Properties {
		// These belong to Helm, and have no default.
		if key == "global" || key == "enabled" {
			continue
		}
		if property.Properties == nil {
			known = append(known, key)
		}
		for within := range property.Properties {
			known = append(known, key+"."+within)
		}
	}
	slices.Sort(known)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(values)), known); diff != "" {
		t.Errorf("values differ (-values.yaml +values.schema.json):\n%s", diff)
	}

	for _, file := range ciValues(t) {
		for path, value := range chartValues(t, file) {
			if values[path] != value {
				delete(values, path)
			}
		}
	}
	for path := range values {
		t.Errorf("no value file gives %s another value", path)
	}
}

// TestChartFitsTheProgram tests that the chart runs the image of its version.
func TestChartFitsTheProgram(t *testing.T) {
	t.Parallel()
	var metadata struct{ Version, AppVersion string }
	content, err := os.ReadFile(filepath.Join(chartDir(), "Chart.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(content, &metadata); err != nil {
		t.Fatal(err)
	}
	if metadata.Version != metadata.AppVersion {
		t.Errorf("chart %s runs version %s", metadata.Version, metadata.AppVersion)
	}
	if image := "image: kreconcile:" + metadata.AppVersion + "\n"; !strings.Contains(deployFile(t, "job.yaml"), image) {
		t.Errorf("deploy/job.yaml lacks %q, which the chart runs", image)
	}
}
