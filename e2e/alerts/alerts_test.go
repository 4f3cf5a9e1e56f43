package alerts

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
)

// rulesFile is the file under test.
const rulesFile = "../../deploy/prometheus-rules.yaml"

const (
	failed    = "KreconcileCheckFailed"
	noSuccess = "KreconcileNoSuccess"
	gone      = "KreconcileWatchGone"
	missing   = "KreconcileWatchMissing"
)

// TestRulesAreValid reads the file as promtool check rules does.
func TestRulesAreValid(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	parse := func(content []byte) []error {
		_, errs := rulefmt.Parse(content, false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
		return errs
	}
	if errs := parse(content); len(errs) != 0 {
		t.Error(errs)
	}
	for old, replacement := range map[string]string{"annotations:": "annotation:", "absent(": "absent((", "{{ $labels.namespace": "{{ $labels.namespace {{"} {
		if errs := parse(bytes.Replace(content, []byte(old), []byte(replacement), 1)); len(errs) == 0 {
			t.Errorf("%q instead of %q is accepted", replacement, old)
		}
	}
}

// TestAlerts evaluates the rules once a minute, with what kube-state-metrics writes
// in several situations.
func TestAlerts(t *testing.T) {
	t.Parallel()
	web := func(jobs ...[]job) watch { return watch{namespace: "web", jobs: slices.Concat(jobs...)} }
	// The failed Pods of a Job that fails without one, for example because of a
	// quota.
	const noPod = 0
	for name, test := range map[string]struct {
		watches []watch
		// twice is whether two kube-state-metrics are scraped.
		twice bool
		// want are the alerts by minute.
		want map[int][]string
	}{
		"in sync": {
			watches: []watch{web(runs(15, 400))},
			want:    map[int][]string{10: nil, 20: nil, 200: nil, 400: nil},
		},
		"drift": {
			watches: []watch{web(runs(15, 100), failures(105, 600, 1))},
			// The last success is at 91.
			want: map[int][]string{109: nil, 110: {failed + " web"}, 150: {failed + " web"}, 156: {failed + " web"}, 157: {failed + " web", noSuccess + " web"}},
		},
		"recovered": {
			watches: []watch{web(runs(15, 100), failures(105, 180, 1), runs(180, 400))},
			// Three failed Jobs are kept.
			want: map[int][]string{180: {failed + " web", noSuccess + " web"}, 181: nil, 300: nil, 400: nil},
		},
		"drift again": {
			watches: []watch{web(failures(15, 30, 1), runs(30, 100), failures(105, 106, 1))},
			want:    map[int][]string{20: {failed + " web"}, 31: nil, 109: nil, 110: {failed + " web"}},
		},
		"a quota that allows no Pod": {
			watches: []watch{web(runs(15, 100), failures(105, 600, noPod))},
			want:    map[int][]string{109: nil, 110: {failed + " web"}, 157: {failed + " web", noSuccess + " web"}},
		},
		"it never succeeded": {
			watches: []watch{web(failures(15, 600, noPod))},
			want:    map[int][]string{19: nil, 20: {failed + " web"}, 65: {failed + " web"}, 66: {failed + " web", noSuccess + " web"}},
		},
		"it never ran": {
			watches: []watch{web()},
			want:    map[int][]string{60: nil, 65: nil, 66: {noSuccess + " web"}, 400: {noSuccess + " web"}},
		},
		// The same for a quota of Jobs, or a controller that is away.
		"it is suspended": {
			watches: []watch{web(runs(15, 100))},
			want:    map[int][]string{156: nil, 157: {noSuccess + " web"}},
		},
		"resumed": {
			watches: []watch{web(runs(15, 100), runs(300, 400))},
			want:    map[int][]string{299: {noSuccess + " web"}, 302: nil},
		},
		"a Job that hangs": {
			watches: []watch{web(runs(15, 100), []job{{name: "kreconcile-drift-105", started: 105}})},
			want:    map[int][]string{156: nil, 157: {noSuccess + " web"}},
		},
		"deleted": {
			watches: []watch{{namespace: "web", jobs: runs(15, 100), gone: 100}},
			want: map[int][]string{
				99: nil, 114: nil, 115: {gone + " web", missing + " "},
				100 + 24*60 - 2: {gone + " web", missing + " "}, 100 + 24*60: {missing + " "},
			},
		},
		"there was none": {want: map[int][]string{14: nil, 15: {missing + " "}}},
		"drift in one of two namespaces": {
			watches: []watch{web(runs(15, 100), failures(105, 600, 1)), {namespace: "shop", jobs: runs(15, 400)}},
			want:    map[int][]string{110: {failed + " web"}, 157: {failed + " web", noSuccess + " web"}},
		},
		"one of two is deleted": {
			watches: []watch{{namespace: "web", jobs: failures(15, 100, 1), gone: 100}, {namespace: "shop", jobs: runs(15, 2000)}},
			want:    map[int][]string{99: {failed + " web", noSuccess + " web"}, 115: {gone + " web"}, 100 + 24*60: nil},
		},
		"another CronJob of the namespace fails": {
			watches: []watch{web(runs(15, 400)), {namespace: "web", name: "backup", jobs: []job{{name: "backup-1", started: 50, ended: 55, failed: true, failedPods: 1}}}},
			want:    map[int][]string{55: nil, 200: nil},
		},
		"two clusters with the same names": {
			watches: []watch{
				{namespace: "web", cluster: "a", jobs: slices.Concat(runs(15, 100), failures(105, 600, 1))},
				{namespace: "web", cluster: "b", jobs: runs(15, 400)},
			},
			want: map[int][]string{110: {failed + " web"}, 157: {failed + " web", noSuccess + " web"}},
		},
		"kube-state-metrics runs twice": {
			watches: []watch{web(runs(15, 100), failures(105, 600, 1))},
			twice:   true,
			want:    map[int][]string{109: nil, 110: {failed + " web"}, 157: {failed + " web", noSuccess + " web"}},
		},
		"a Job by hand fails": {
			watches: []watch{web(runs(15, 400), []job{{name: "kreconcile-drift-now", started: 50, ended: 55, failed: true, failedPods: 1, manual: true}})},
			want:    map[int][]string{54: nil, 55: {failed + " web"}, 60: {failed + " web"}, 61: nil},
		},
		"a Job by hand succeeds": {
			watches: []watch{web(runs(15, 100), failures(105, 600, 1), []job{{name: "kreconcile-drift-now", started: 112, ended: 113, manual: true}})},
			want:    map[int][]string{110: {failed + " web"}, 114: {failed + " web"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := evaluate(t, test.watches, test.twice, test.want)
			for minute, want := range test.want {
				if diff := cmp.Diff(want, names(got[minute])); diff != "" {
					t.Errorf("minute %d (-want +got):\n%s", minute, diff)
				}
			}
		})
	}
}

// TestAnnotations compares the text of an alert, with its labels filled in.
func TestAnnotations(t *testing.T) {
	t.Parallel()
	w := watch{namespace: "web", jobs: failures(15, 600, 1)}
	got := evaluate(t, []watch{w, {namespace: "shop", gone: 50}}, false, map[int][]string{66: nil})[66]
	for _, want := range []string{
		"web: the last check of kreconcile-drift failed.",
		"kubectl -n web describe pod -l app.kubernetes.io/name=kreconcile-drift.",
		"web: no check of kreconcile-drift has succeeded for 1h 6m 0s.",
		"kubectl -n web describe cronjob kreconcile-drift;",
		"shop: the CronJob kreconcile-drift is gone.",
	} {
		if !slices.ContainsFunc(got, func(a *rules.Alert) bool { return strings.Contains(a.Annotations.String(), want) }) {
			t.Errorf("no alert says %q", want)
		}
	}
	for _, a := range got {
		a.Annotations.Range(func(l labels.Label) {
			if strings.ContainsAny(l.Value, "{}\n") || strings.Contains(l.Value, "  ") || strings.Contains(l.Value, "<") {
				t.Errorf("%s: %q", l.Name, l.Value)
			}
		})
	}
}

func names(alerts []*rules.Alert) []string {
	var all []string
	for _, a := range alerts {
		all = append(all, a.Labels.Get(labels.AlertName)+" "+a.Labels.Get("namespace"))
	}
	slices.Sort(all)
	return all
}

// evaluate returns the alerts that fire at each of the minutes, with the rules
// evaluated once a minute until then.
func evaluate(t *testing.T, watches []watch, twice bool, minutes map[int][]string) map[int][]*rules.Alert {
	t.Helper()
	var series []string
	for _, w := range watches {
		for _, line := range w.series(slices.Max(slices.Collect(maps.Keys(minutes))) + 1) {
			if !twice {
				series = append(series, line)
				continue
			}
			for _, instance := range []string{"a", "b"} {
				series = append(series, strings.Replace(line, "{", fmt.Sprintf("{instance=%q,", instance), 1))
			}
		}
	}
	return alertsOf(t, rulesFile, series, minutes)
}

// alertsOf returns the alerts that fire at each of the minutes, by the rules of a file.
func alertsOf(t *testing.T, file string, series []string, minutes map[int][]string) map[int][]*rules.Alert {
	t.Helper()
	last := slices.Max(slices.Collect(maps.Keys(minutes)))
	loader, err := promqltest.NewLazyLoader("load 1m\n"+strings.Join(series, "\n"), promqltest.LazyLoaderOpts{})
	if err != nil {
		t.Fatal(err)
	}
	defer loader.Close()
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc: rules.EngineQueryFunc(loader.QueryEngine(), loader.Storage()), Appendable: loader.Storage(), Context: t.Context(),
		NotifyFunc: func(context.Context, string, ...*rules.Alert) {}, Logger: slog.New(slog.DiscardHandler),
	})
	groups, errs := manager.LoadGroups(time.Minute, labels.EmptyLabels(), "", nil, false, file)
	if len(errs) != 0 {
		t.Fatal(errs)
	}
	fire := map[int][]*rules.Alert{}
	for minute := 0; minute <= last; minute++ {
		now := time.Unix(int64(minute)*60, 0).UTC()
		loader.WithSamplesTill(now, func(err error) {
			if err != nil {
				t.Fatal(err)
			}
			for _, group := range groups {
				group.Eval(loader.Context(), now)
			}
		})
		for _, group := range groups {
			for _, rule := range group.AlertingRules() {
				if err := rule.LastError(); err != nil {
					t.Fatalf("%s: %v", rule.Name(), err)
				}
				if _, looked := minutes[minute]; !looked {
					continue
				}
				for _, a := range rule.ActiveAlerts() {
					if a.State == rules.StateFiring {
						fire[minute] = append(fire[minute], a)
					}
				}
			}
		}
	}
	return fire
}
