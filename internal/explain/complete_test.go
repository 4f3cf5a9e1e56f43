package explain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/internal/explain"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ words, begun, want string }{
		{"", "bat", "batch/v1 batch/v1beta1"},
		{"", "cron", "cronjobs"},
		{"", "Cron", "CronJob"},
		{"batch/v1", "", "CronJob Job"},
		{"batch/v1", "j", "jobs"},
		{"batch/v1", "CronJob.spec.t", "CronJob.spec.timeZone"},
		{"batch/v1 CronJob", "spec.t", "spec.timeZone"},
		{"batch/v1 CronJob", "spec.jobT", "spec.jobTemplate..."},
		{"batch/v1 CronJob", "", "apiVersion kind metadata... spec... status..."},
		{"", "cronjob.spec.su", "cronjob.spec.successfulJobsHistoryLimit cronjob.spec.suspend"},
		{"pod", "spec.containers.vol", "spec.containers.volumeDevices... spec.containers.volumeMounts..."},
		{"pod", "spec.containers[].vol", "spec.containers[].volumeDevices... spec.containers[].volumeMounts..."},
		{"pod", "spec.nodeName.", ""},
		{"pod", "spec.nope.x", ""},
		{"pod", "spec..x", ""},
		{"pod spec.nodeName", "", ""},
		{"nonsense", "", ""},
		{"apps/v1", "CronJob.spec", ""},
	} {
		var got []string
		for _, c := range explain.Complete(strings.Fields(test.words), test.begun) {
			word := c.Word
			if c.Continues {
				word += "..."
			}
			got = append(got, word)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q, begun %q: %q, want %q", test.words, test.begun, got, test.want)
		}
	}
	all := explain.Complete(nil, "")
	if len(all) < 100 || !slices.ContainsFunc(all, func(c explain.Completion) bool { return c.Word == "v1" }) {
		t.Errorf("of nothing: %v", all)
	}
}
