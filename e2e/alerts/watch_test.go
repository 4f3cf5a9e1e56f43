package alerts

import (
	"fmt"
	"slices"
	"strings"
)

// watch is a CronJob with its Jobs over time. Times are minutes; zero is the first.
type watch struct {
	namespace, cluster string
	// name is the CronJob's name. Empty means kreconcile-drift.
	name string
	// gone is when it was deleted with its Jobs. Zero means never.
	gone int
	jobs []job
}

// job is a Job of the CronJob.
type job struct {
	name string
	// started is when it was made and started, and ended when it got its last
	// condition. Zero means never.
	started, ended int
	// failed is whether the condition is Failed, and not Complete.
	failed bool
	// failedPods is the count in the status. A Job without a Pod has none.
	failedPods int
	// removed is when the Job was deleted. Zero means never.
	removed int
	// manual is whether kubectl create job --from made it. Then the CronJob is its
	// owner but not its controller, and does not count it.
	manual bool
}

// series returns what kube-state-metrics writes about the watch, a sample a minute
// until the given one, in the notation of Prometheus' tests.
//
// Source:
// https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics/workload
func (w watch) series(until int) []string {
	s := &samples{until: until, common: fmt.Sprintf("namespace=%q", w.namespace)}
	if w.cluster != "" {
		s.common += fmt.Sprintf(",cluster=%q", w.cluster)
	}
	end := until
	if w.gone != 0 {
		end = min(w.gone, until)
	}
	if w.name == "" {
		w.name = "kreconcile-drift"
	}
	cronJob := fmt.Sprintf("cronjob=%q", w.name)
	s.add("kube_cronjob_created", cronJob, 0, end, 0)
	s.add("kube_cronjob_info", cronJob+`,schedule="*/15 * * * *",concurrency_policy="Forbid",timezone="local"`, 0, end, 1)
	var successes []int
	for _, j := range w.jobs {
		last := end
		if j.removed != 0 {
			last = min(j.removed, end)
		}
		name := fmt.Sprintf("job_name=%q", j.name)
		s.add("kube_job_created", name, j.started, last, j.started*60)
		s.add("kube_job_status_start_time", name, j.started, last, j.started*60)
		s.add("kube_job_owner", fmt.Sprintf(`%s,owner_kind="CronJob",owner_name=%q,owner_is_controller="%t"`, name, w.name, !j.manual), j.started, last, 1)
		if j.ended == 0 || j.ended >= last {
			s.add("kube_job_status_failed", name, j.started, last, 0)
			continue
		}
		s.add("kube_job_status_failed", name, j.started, j.ended, 0)
		reason := ""
		if j.failedPods > 0 {
			reason = `,reason=""`
		}
		s.add("kube_job_status_failed", name+reason, j.ended, last, j.failedPods)
		condition := "kube_job_complete"
		if j.failed {
			condition = "kube_job_failed"
		} else if !j.manual {
			successes = append(successes, j.ended)
		}
		for status, value := range map[string]int{"true": 1, "false": 0, "unknown": 0} {
			s.add(condition, fmt.Sprintf("%s,condition=%q", name, status), j.ended, last, value)
		}
	}
	slices.Sort(successes)
	for i, success := range successes {
		next := end
		if i+1 < len(successes) {
			next = successes[i+1]
		}
		s.add("kube_cronjob_status_last_successful_time", cronJob, success, next, success*60)
	}
	return s.text()
}

// samples are the values of series by minute.
type samples struct {
	until  int
	common string
	order  []string
	values map[string][]string
}

// add sets the value of a series from one minute on, until another.
func (s *samples) add(metric, labels string, from, to, value int) {
	if from >= s.until {
		return
	}
	id := fmt.Sprintf("%s{%s,%s}", metric, s.common, labels)
	if s.values[id] == nil {
		if s.values == nil {
			s.values = map[string][]string{}
		}
		s.order = append(s.order, id)
		s.values[id] = slices.Repeat([]string{"_"}, s.until)
	}
	for minute := from; minute < min(to, s.until); minute++ {
		s.values[id][minute] = fmt.Sprint(value)
	}
	// A scrape without the series marks its end.
	if to < s.until {
		s.values[id][to] = "stale"
	}
}

func (s *samples) text() []string {
	var lines []string
	for _, id := range s.order {
		lines = append(lines, id+" "+strings.Join(s.values[id], " "))
	}
	return lines
}

// runs returns the Jobs of a schedule of 15 minutes, from one minute until another.
// Each is complete after a minute. The CronJob keeps one of them.
func runs(from, to int) []job {
	var jobs []job
	for start := from; start < to; start += 15 {
		jobs = append(jobs, job{name: fmt.Sprintf("kreconcile-drift-%d", start), started: start, ended: start + 1, removed: start + 16})
	}
	if len(jobs) > 0 {
		jobs[len(jobs)-1].removed = 0
	}
	return jobs
}

// failures returns Jobs that fail after five minutes. The CronJob keeps three of
// them.
func failures(from, to, failedPods int) []job {
	var jobs []job
	for start := from; start < to; start += 15 {
		jobs = append(jobs, job{
			name: fmt.Sprintf("kreconcile-drift-%d", start), started: start, ended: start + 5, failed: true, failedPods: failedPods, removed: start + 50,
		})
	}
	for i := max(0, len(jobs)-3); i < len(jobs); i++ {
		jobs[i].removed = 0
	}
	return jobs
}
