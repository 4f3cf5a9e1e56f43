package view

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/apply"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/safe"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// OpenMetrics writes a report as metrics: the exit code, and for each target the verdict, the
// number of requirements by status, those that do not hold, and those that hold by a
// deprecated API. All are gauges, so that what reads only Prometheus' older text format
// reads it too: the textfile collector of node_exporter and the Pushgateway. There are no
// timestamps, which both refuse.
//
// Source: https://prometheus.io/docs/specs/om/open_metrics_spec/
func OpenMetrics(w io.Writer, r *report.Report) error {
	var m metrics
	m.family("info", "The version and the command of the run.")
	m.add(1, label{"version", r.Version}, label{"command", r.Command})
	m.family("exit_code", "The exit code of the run: 0 satisfied, 1 an error, 2 drift, 3 undetermined.")
	m.add(r.ExitCode)
	targets := r.Judged()
	m.family("verdict", "1 for the verdict on the target, and 0 for the others.")
	for _, t := range targets {
		for _, status := range []apply.Status{apply.Satisfied, apply.Drifted, apply.StatusUndetermined} {
			n := 0
			if t.Verdict.Status == status {
				n = 1
			}
			m.add(n, label{"target", r.Name(t)}, label{"verdict", string(status)})
		}
	}
	m.family("requirements", "The number of requirements with this status.")
	for _, t := range targets {
		c := t.Verdict.Counts
		for _, of := range []struct {
			status apply.Status
			n      int
		}{{apply.Satisfied, c.Satisfied}, {apply.Drifted, c.Drifted}, {apply.StatusUndetermined, c.Undetermined}, {apply.Skipped, c.Skipped}} {
			m.add(of.n, label{"target", r.Name(t)}, label{"status", string(of.status)})
		}
	}
	m.family("unmet_requirement", "1 for each requirement that does not hold or could not be determined.")
	report.EachFinding(targets, func(t *report.Target, i int) {
		if f := t.Plan.Findings[i]; f.Status == apply.Drifted || f.Status == apply.StatusUndetermined {
			m.add(1, label{"target", r.Name(t)}, label{"address", f.Address}, label{"status", string(f.Status)}, label{"severity", string(f.Severity)})
		}
	})
	m.family("deprecated_requirement", "1 for each requirement that holds by an API that Kubernetes has deprecated.")
	report.EachFinding(targets, func(t *report.Target, i int) {
		f := t.Plan.Findings[i]
		if d := f.Deprecation; d != nil {
			m.add(1, label{"target", r.Name(t)}, label{"address", f.Address}, label{"api", d.API()}, label{"deprecated_in", minor(d.Deprecated)}, label{"removed_in", minor(d.Removed)})
		}
	})
	m.text.WriteString("# EOF\n")
	_, err := w.Write(m.text.Bytes())
	return err
}

// minor is empty if there is no such release.
func minor(v kubeapi.Version) string {
	if v == (kubeapi.Version{}) {
		return ""
	}
	return v.String()
}

// metrics is the text of metrics. name is the one that is being written, and head is what
// comes before its first value.
type metrics struct {
	text       bytes.Buffer
	name, head string
}

func (m *metrics) family(name, help string) {
	m.name = "kreconcile_" + name
	m.head = fmt.Sprintf("# HELP %s %s\n# TYPE %[1]s gauge\n", m.name, help)
}

// label is a label of a series.
type label struct{ name, value string }

// add writes a value.
func (m *metrics) add(value int, labels ...label) {
	m.text.WriteString(m.head + m.name)
	m.head = ""
	var list []string
	for _, l := range labels {
		text := strings.ReplaceAll(safe.Line(l.value), `\`, `\\`)
		list = append(list, l.name+`="`+strings.ReplaceAll(text, `"`, `\"`)+`"`)
	}
	if len(list) > 0 {
		m.text.WriteString("{" + strings.Join(list, ",") + "}")
	}
	fmt.Fprintf(&m.text, " %d\n", value)
}
