package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
)

// rulesFile has Prometheus alerts. The module alerts evaluates them with the metrics
// of this test's objects.
const rulesFile = "prometheus-rules.yaml"

// noPods is a quota that allows no Pod, with the status that its controller would
// set.
const noPods = `
apiVersion: v1
kind: ResourceQuota
metadata: {name: no-pods}
spec: {hard: {pods: "0"}}
status: {hard: {pods: "0"}, used: {pods: "0"}}
`

// TestDriftWatch makes the CronJob's Jobs as its controller does, and checks what the
// alerts rely on: the condition of a Job that gets no Pod, its owner, and that a
// failed Job is kept.
func TestDriftWatch(t *testing.T) {
	t.Parallel()
	j := startJobController(t, deployed(t), "drift-watch")
	// The Job ends within seconds, with or without a Pod.
	content := change(t, deployFile(t, "cronjob.yaml"), "activeDeadlineSeconds: 285", "activeDeadlineSeconds: 4")
	j.kubectl(t, content, "apply", "-f", "-")
	cronJob := read[batchv1.CronJob](t, j.site, "cronjob", "kreconcile-drift")
	rules := deployFile(t, rulesFile)
	for _, selector := range []string{`owner_kind="CronJob", owner_name="` + cronJob.Name + `"`, `cronjob="` + cronJob.Name + `"`} {
		if !strings.Contains(rules, selector) {
			t.Errorf("the rules lack %s", selector)
		}
	}
	for _, label := range regexp.MustCompile(`-l (app\.kubernetes\.io/name)=`).FindAllStringSubmatch(rules, -1) {
		if name := cronJob.Labels[label[1]]; name != cronJob.Name {
			t.Errorf("the rules look for the label %s=%s, and the CronJob has %q", label[1], cronJob.Name, name)
		}
	}

	// run makes a Job as the schedule would, and returns it when it has ended.
	run := func(name string) (job *batchv1.Job) {
		t.Helper()
		j.kubectl(t, "", "create", "job", "--from=cronjob/kreconcile-drift", name)
		eventually(t, time.Minute, func() error {
			// The first condition only announces the end.
			if job = read[batchv1.Job](t, j.site, "job", name); len(job.Status.Conditions) < 2 {
				return fmt.Errorf("the Job %s does not end", name)
			}
			return nil
		})
		return job
	}
	expect := func(job *batchv1.Job, kind batchv1.JobConditionType, reason string, failedPods int32) {
		t.Helper()
		last := job.Status.Conditions[len(job.Status.Conditions)-1]
		if last.Type != kind || last.Reason != reason || job.Status.Failed != failedPods {
			t.Errorf("%s is %s by %s, with %d failed Pods", job.Name, last.Type, last.Reason, job.Status.Failed)
		}
		owner := job.OwnerReferences
		if len(owner) != 1 || owner[0].Kind != "CronJob" || owner[0].Name != cronJob.Name {
			t.Errorf("%s belongs to %v", job.Name, owner)
		}
	}
	expect(run("passed"), batchv1.JobComplete, batchv1.JobReasonCompletionsReached, 0)
	if runs := j.take(t); len(runs) != 1 {
		t.Error("not one Pod ran")
	}

	j.kubectl(t, noPods, "create", "-f", "-")
	j.kubectl(t, noPods, "replace", "--subresource=status", "-f", "-")
	began := time.Now()
	job := run("refused")
	// kube_job_status_failed is 0 here.
	expect(job, batchv1.JobFailed, batchv1.JobReasonDeadlineExceeded, 0)
	if took := time.Since(began); took < 3*time.Second {
		t.Errorf("it ended after %s, before its deadline", took)
	}
	if runs := j.take(t); len(runs) != 0 {
		t.Errorf("%d Pods ran", len(runs))
	}
	// The command from the alert's description. For several objects, kubectl shows no
	// events by default.
	described := j.kubectl(t, "", "describe", "job", "--show-events", "-l", "app.kubernetes.io/name="+cronJob.Name)
	if !strings.Contains(rules, "describe job --show-events -l app.kubernetes.io/name=") {
		t.Error("the alert says another command")
	}
	if !strings.Contains(described, "FailedCreate") || !strings.Contains(described, "exceeded quota: no-pods") {
		t.Errorf("the events do not say why:\n%s", described)
	}

	j.kubectl(t, "", "delete", "quota", "no-pods")
	expect(run("passed-again"), batchv1.JobComplete, batchv1.JobReasonCompletionsReached, 0)
}

// TestDriftTimes compares the CronJob's times with what the alerts need.
func TestDriftTimes(t *testing.T) {
	t.Parallel()
	s := newSite(t, deployed(t), "drift-times")
	s.kubectl(t, deployFile(t, "cronjob.yaml"), "apply", "-f", "-")
	spec := read[batchv1.CronJob](t, s, "cronjob", "kreconcile-drift").Spec
	minutes, found := strings.CutPrefix(spec.Schedule, "*/")
	minutes, rest := strings.CutSuffix(minutes, " * * * *")
	period, err := time.ParseDuration(minutes + "m")
	if !found || !rest || err != nil {
		t.Fatalf("the schedule is %q", spec.Schedule)
	}
	// A Job without a Pod fails only by its deadline, and must do so before the next
	// one is due: with Forbid, none starts while it runs.
	deadline := time.Duration(*spec.JobTemplate.Spec.ActiveDeadlineSeconds) * time.Second
	if deadline >= period {
		t.Errorf("a Job may run for %s, and one is due every %s", deadline, period)
	}
	if spec.StartingDeadlineSeconds == nil || time.Duration(*spec.StartingDeadlineSeconds)*time.Second >= period {
		t.Error("the starting deadline is not within the schedule")
	}
	// A failed Job that is not kept has no metric.
	if *spec.FailedJobsHistoryLimit < 1 {
		t.Error("no failed Job is kept")
	}
	if ttl := spec.JobTemplate.Spec.TTLSecondsAfterFinished; ttl != nil && time.Duration(*ttl)*time.Second < period {
		t.Errorf("a failed Job is removed after %d seconds, before the next run", *ttl)
	}
	// Four runs in a row that failed, or did not happen, raise an alert.
	if !strings.Contains(deployFile(t, rulesFile), "> 3600") || time.Hour < 3*period {
		t.Errorf("an hour without a success is less than three runs of %s", period)
	}
}
