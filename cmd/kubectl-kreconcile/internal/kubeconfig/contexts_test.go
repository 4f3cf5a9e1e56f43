package kubeconfig_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kreconcile/kreconcile/cmd/kubectl-kreconcile/internal/kubeconfig"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/internal/live"
)

const arn = "arn:aws:eks:eu-west-1:1:cluster/prod-b"

func TestChoiceOfContexts(t *testing.T) {
	config := newConfig()
	for _, name := range []string{"prod-a", arn, "prod[1]", "staging"} {
		add(config, name, &clientcmdapi.Cluster{Server: "https://127.0.0.1:1"}, bearer("t"))
	}
	config.CurrentContext = "staging"
	path := filepath.Join(t.TempDir(), "config")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		k    live.Kubeconfig
		want []string
		err  string
	}{
		"the current one":       {live.Kubeconfig{}, []string{"staging"}, ""},
		"a name":                {live.Kubeconfig{Contexts: []string{"prod-a"}}, []string{"prod-a"}, ""},
		"a name with brackets":  {live.Kubeconfig{Contexts: []string{"prod[1]"}}, []string{"prod[1]"}, ""},
		"brackets in a pattern": {live.Kubeconfig{Contexts: []string{"prod[*"}}, []string{"prod[1]"}, ""},
		"names in their order":  {live.Kubeconfig{Contexts: []string{"staging", "prod-a", "staging"}}, []string{"staging", "prod-a"}, ""},
		"a pattern":             {live.Kubeconfig{Contexts: []string{"*prod-?"}}, []string{arn, "prod-a"}, ""},
		"all":                   {live.Kubeconfig{All: true}, []string{arn, "prod-a", "prod[1]", "staging"}, ""},
		"a wrong name":          {live.Kubeconfig{Contexts: []string{"stagin"}}, nil, `the kubeconfig has no context "stagin"; did you mean "staging"`},
		"a pattern of none":     {live.Kubeconfig{Contexts: []string{"x*"}}, nil, `no context of the kubeconfig matches "x*"; name one with --context: "` + arn + `", "prod-a"`},
		"both":                  {live.Kubeconfig{Contexts: []string{"*"}, All: true}, nil, "--all-contexts cannot be used with --context"},
		"one user for all":      {live.Kubeconfig{All: true, User: "prod-a"}, nil, "credentials of one cluster are not sent to another"},
	} {
		t.Run(name, func(t *testing.T) {
			test.k.Path = path
			got, err := new(kubeconfig.Connector).Contexts(live.Target{Kubeconfig: test.k})
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestKubeconfigsWithoutAContext(t *testing.T) {
	config := newConfig()
	run(t, config, pods, "plan").expect(t, 1, "Cannot use the kubeconfig", "here is no kubeconfig with a cluster at ")
	add(config, "dev", &clientcmdapi.Cluster{Server: "https://127.0.0.1:1"}, bearer("t"))
	config.CurrentContext = ""
	run(t, config, pods, "plan").expect(t, 1, `he kubeconfig has no current context; name one with --context: "dev"`)
	config.CurrentContext = "gone"
	run(t, config, pods, "plan").expect(t, 1, `he current context "gone" is not in the kubeconfig`)
	runArgs(t, "plan", "--kubeconfig", "/nonexistent/config", "-").expect(t, 1, "/nonexistent/config")
}

// A result never replaces a kubeconfig, and shells complete the names of contexts.
func TestKubeconfigIsAnInput(t *testing.T) {
	config := newConfig()
	for _, name := range []string{"prod", "dev"} {
		add(config, name, &clientcmdapi.Cluster{Server: "https://127.0.0.1:1"}, bearer("t"))
	}
	path := filepath.Join(t.TempDir(), "config")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", "/nonexistent:"+path)
	runArgs(t, "plan", "-o", "json="+path, "-").expect(t, 1, "would overwrite the kubeconfig")
	runArgs(t, "snapshot", "--out", path).expect(t, 1, "would overwrite the kubeconfig")
	runArgs(t, "__complete", "plan", "--context", "").expect(t, 0, "dev\nprod\n")
}

// A context without its user cannot be used, and the others can.
func TestUnusableContext(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token(token))
	config := newConfig()
	add(config, "dev", clusterOf(server), bearer(token))
	config.Contexts["broken"] = &clientcmdapi.Context{Cluster: "dev", AuthInfo: "nobody"}
	config.AuthInfos["lost"] = &clientcmdapi.AuthInfo{ClientCertificate: "/nonexistent/crt", ClientKey: "/nonexistent/key"}
	config.Contexts["lost"] = &clientcmdapi.Context{Cluster: "dev", AuthInfo: "lost"}
	r := run(t, config, gadgets, "apply", "--all-contexts", "-o", "json")
	r.expect(t, 2, `"name": "broken"`, `no user \"nobody\"`, `/nonexistent/crt`, `"verdict": "undetermined"`, `"verdict": "drifted"`)
}

// The namespace of each context is that of pod.namespace.
func TestNamespaces(t *testing.T) {
	server := apitest.New(t, apitest.Stock(), apitest.Token(token))
	config := newConfig()
	for name, namespace := range map[string]string{"a": "team-a", "b": "", "c": "team-c"} {
		add(config, name, clusterOf(server), bearer(token))
		config.Contexts[name].Namespace = namespace
	}
	declaration := `api "v1" {
  resource "pods" { reason = "for ${pod.namespace}" }
}`
	r := run(t, config, declaration, "apply", "--all-contexts", "-o", "json")
	r.expect(t, 0, "for team-a", "for default", "for team-c")
	run(t, config, declaration, "apply", "--all-contexts", "-n", "mine", "-o", "json").expect(t, 0, "for mine")
}
