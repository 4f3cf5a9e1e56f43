package files

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/support"
	"github.com/kreconcile/kreconcile/manifest"
)

// ChartFile returns the path of a chart's Chart.yaml: the path itself, or the file in that folder.
func ChartFile(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, "Chart.yaml")
	}
	return path
}

// Chart reads the kubeVersion of a Chart.yaml, which may come from standard input for "-".
func Chart(path string, stdin io.Reader) (*report.Chart, support.KubeVersion, hcl.Diagnostics) {
	chart := &report.Chart{Path: path}
	var root manifest.Node
	err := Manifests(path, stdin, false, func(name string, r io.Reader) error {
		chart.Path = name
		for object, err := range manifest.Objects(name, r) {
			if err != nil {
				return err
			}
			root = object.Root
			break // Helm reads one document
		}
		return nil
	})
	failed := func(summary string, line int, format string, args ...any) (*report.Chart, support.KubeVersion, hcl.Diagnostics) {
		return nil, support.KubeVersion{}, hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: summary, Detail: report.Sentence(fmt.Sprintf(format, args...)),
			Subject: Line(chart.Path, line),
		}}
	}
	value := root.Get("kubeVersion")
	kind := value.Kind.String()
	kubeVersion, invalid := support.ParseKubeVersion(value.Text)
	fault, isFault := errors.AsType[*manifest.Error](err)
	switch {
	case isFault:
		return failed("Cannot read the chart", fault.Line, "%s", fault.Message)
	case err != nil:
		return failed("Cannot read the chart", 0, "%s", err)
	case root.Get("name").Text == "":
		return failed("Cannot read the chart", 0, "It has no name, as every Chart.yaml has. Name the Chart.yaml of a chart, or its folder")
	case kind == "a list" || kind == "a map":
		return failed("Invalid kubeVersion", value.Line, "it is %s, and Helm takes only a string", kind)
	case value.Text != "" && kind != "a string":
		return failed("Invalid kubeVersion", value.Line, "it is %s, and Helm takes only a string. Write it in quotes: %q", kind, value.Text)
	case errors.Is(invalid, support.ErrTooLong):
		return failed("Invalid kubeVersion", value.Line, "Helm refuses it: %s", invalid)
	case invalid != nil:
		return failed("Invalid kubeVersion", value.Line, "%q is not a constraint such as \">=1.31.0-0\": %s", value.Text, invalid)
	}
	chart.LineNumber = value.Line
	return chart, kubeVersion, nil
}
