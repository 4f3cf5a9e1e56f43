package e2e

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/kreconcile/kreconcile/e2e/node"
)

const networkPolicyFile = "network-policy.yaml"

// TestNetworkPolicy applies the policy, and checks that it lets the Pods of deploy/
// reach an API server, and selects no others.
func TestNetworkPolicy(t *testing.T) {
	t.Parallel()
	s := newSite(t, deployed(t), "egress")
	content := deployFile(t, networkPolicyFile)
	if err := s.dryRun(t, content); err != nil {
		t.Fatal(err)
	}
	if err := s.dryRun(t, change(t, content, "podSelector:", "podSelectors:")); err == nil {
		t.Error("the server takes podSelectors, so that this test holds nothing")
	}
	s.kubectl(t, content, "apply", "-f", "-")
	policy := read[networkingv1.NetworkPolicy](t, s, "networkpolicy", "kreconcile-egress")
	if types := policy.Spec.PolicyTypes; !slices.Equal(types, []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}) {
		t.Errorf("it judges %v", types)
	}
	if len(policy.Spec.Egress) != 1 || len(policy.Spec.Egress[0].To) != 0 {
		t.Fatalf("it has not one rule for all addresses: %+v", policy.Spec.Egress)
	}

	selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
	if err != nil {
		t.Fatal(err)
	}
	selected := map[string]string{"the chart": newHelm(t, "3", nil, "").expect(t, 0, "", "template", "gate", chartDir(), "-f", ciValues(t)["hook"]).Stdout}
	for _, file := range []string{"job.yaml", "cronjob.yaml", "argocd-presync.yaml"} {
		selected["deploy/"+file] = deployFile(t, file)
	}
	for name, manifest := range selected {
		pods := podLabels(t, manifest)
		if len(pods) == 0 {
			t.Errorf("%s has no Job", name)
		}
		for _, of := range pods {
			if !selector.Matches(labels.Set(of)) {
				t.Errorf("it does not select the Pod of %s, which has the labels %v", name, of)
			}
		}
	}

	// It must not select these, because they need more than the API server.
	for file, of := range map[string]map[string]string{
		hookTemplateFile:      withTemplate(t, hookPod("kubernetes", "image")).Labels,
		runnerFile:            readRunner(t, deployFile(t, runnerFile)).pod(t, "image").Labels,
		"init-container.yaml": podLabels(t, deployFile(t, "init-container.yaml"))[0],
	} {
		if selector.Matches(labels.Set(of)) {
			t.Errorf("it selects the Pod of deploy/%s, which has the labels %v", file, of)
		}
	}

	// Its comments can be turned into further rules.
	more := uncommented(t, uncommented(t, content, "    # to:", 3), "  # - ports:", 3)
	if err := s.dryRun(t, strings.Replace(more, "name: kreconcile-egress", "name: more", 1)); err != nil {
		t.Error(err)
	}
	var all networkingv1.NetworkPolicy
	if err := yaml.UnmarshalStrict([]byte(more), &all); err != nil {
		t.Fatal(err)
	}
	if rules := all.Spec.Egress; len(rules) != 2 || len(rules[0].To) != 2 || len(rules[1].Ports) != 2 || rules[1].Ports[0].Port.IntVal != 53 {
		t.Errorf("with what is in comments, it has the rules %+v", rules)
	}

	service := read[corev1.Service](t, &site{cluster: s.cluster, namespace: "default"}, "service", "kubernetes")
	for whose, port := range map[string]int32{"Service": service.Spec.Ports[0].Port, "kube-apiserver": defaultPort(t)} {
		if !slices.ContainsFunc(policy.Spec.Egress[0].Ports, func(p networkingv1.NetworkPolicyPort) bool {
			return *p.Protocol == corev1.ProtocolTCP && p.Port.IntVal == port
		}) {
			t.Errorf("it does not allow %d, the port of the %s", port, whose)
		}
	}
}

// uncommented removes the comment signs of some lines, from the one that begins with
// first.
func uncommented(t *testing.T, content, first string, count int) string {
	t.Helper()
	lines := strings.Split(content, "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, first) })
	if at < 0 {
		t.Fatalf("no line begins with %q", first)
	}
	for i := at; i < at+count; i++ {
		lines[i] = strings.Replace(lines[i], "# ", "", 1)
	}
	return strings.Join(lines, "\n")
}

// podLabels returns the labels of the Pods of a manifest's workloads.
func podLabels(t *testing.T, manifest string) []map[string]string {
	t.Helper()
	var found []map[string]string
	for document := range strings.SplitSeq("\n"+manifest, "\n---\n") {
		var object struct {
			Kind string `json:"kind"`
			Spec struct {
				Template    corev1.PodTemplateSpec  `json:"template"`
				JobTemplate batchv1.JobTemplateSpec `json:"jobTemplate"`
			} `json:"spec"`
		}
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			t.Fatal(err)
		}
		switch object.Kind {
		case "Job", "Deployment":
			found = append(found, object.Spec.Template.Labels)
		case "CronJob":
			found = append(found, object.Spec.JobTemplate.Spec.Template.Labels)
		}
	}
	return found
}

// defaultPort is the default port of a kube-apiserver.
func defaultPort(t *testing.T) int32 {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), suite.programs.KubeAPIServer, "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`--secure-port int [^\n]*\(default (\d+)\)`).FindSubmatch(out)
	if match == nil {
		t.Fatal("kube-apiserver --help does not name a default of --secure-port")
	}
	var port int32
	if _, err := fmt.Sscan(string(match[1]), &port); err != nil {
		t.Fatal(err)
	}
	return port
}

// TestDeniedEgress runs a Job's Pod while the network drops what it sends to the API
// server, and while a proxy gives no connection. kubectl describe pod must show the
// reason and what to do.
func TestDeniedEgress(t *testing.T) {
	t.Parallel()
	const version, apis = "? cluster.kubernetes: GET /version: ", `? api["apps/v1"] and 1 more: GET /apis: `
	proxied := func(url string) []corev1.EnvVar { return []corev1.EnvVar{{Name: "HTTPS_PROXY", Value: url}} }
	const noProxy = "hint: add the server to NO_PROXY if it is reached without a proxy"
	for name, test := range map[string]struct {
		drops bool
		env   []corev1.EnvVar
		// message is expected in the termination message, in order.
		message []string
	}{
		"dropped": {
			drops: true,
			message: []string{
				version + "no answer from 10.96.0.1:443: i/o timeout", "hint: the server is slow, or what is sent is dropped; if a NetworkPolicy denies egress, allow the addresses and port " +
					"that kubectl get endpointslices -n default kubernetes lists", apis,
			},
		},
		"dead proxy": {
			env:     proxied("http://10.96.0.1:3128"),
			message: []string{version + "the proxy 10.96.0.1:3128 (HTTPS_PROXY) cannot be reached: connection refused", noProxy, apis},
		},
		"proxy by name without DNS": {
			env:     proxied("http://proxy.example:3128"),
			message: []string{version + "the proxy proxy.example:3128 (HTTPS_PROXY) cannot be reached: lookup of proxy.example", noProxy, "allow DNS", apis},
		},
		"NO_PROXY has the network of the Services": {
			env: append(proxied("http://10.96.0.1:3128"), corev1.EnvVar{Name: "NO_PROXY", Value: "10.96.0.0/16"}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, deployed(t), "denied-"+strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(name, "_", "-")), " ", "-"))
			s.node.Drops = test.drops
			s.kubectl(t, deployFile(t, "cronjob.yaml"), "apply", "-f", "-")
			s.kubectl(t, "", "create", "job", "--from=cronjob/kreconcile-drift", "now")
			job := read[batchv1.Job](t, s, "job", "now")
			template := job.Spec.Template.DeepCopy()
			c := &template.Spec.Containers[0]
			c.Env = append(c.Env, test.env...)
			// Each of a pass's three dials waits 5 s in vain.
			c.Args[waitIndex(t, c.Args)] = "--wait=20s"
			p := s.startPod(t, template)
			r := s.run(t, p, c.Name)
			want := 3
			if test.message == nil {
				want = 0
			}
			if r.ExitCode != want {
				t.Fatalf("exit %d, want %d\n%s%s", r.ExitCode, want, r.Stdout, r.Stderr)
			}
			expectMessage(t, r.Message, nil)
			if err := s.node.ReportPod(t.Context(), p, node.Status(p, c.Name, r)); err != nil {
				t.Fatal(err)
			}
			described := s.kubectl(t, "", "describe", "pod", p.Name)
			expectInOrder(t, described, append([]string{"Message:"}, test.message...)...)
		})
	}
}
