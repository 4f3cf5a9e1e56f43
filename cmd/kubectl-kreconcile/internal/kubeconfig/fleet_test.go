package kubeconfig_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

// fleet has servers with a token each.
func fleet(t *testing.T, n int) (*clientcmdapi.Config, []*apitest.Server) {
	config := newConfig()
	var servers []*apitest.Server
	for i := range n {
		own := fmt.Sprintf("%s-%d", token, i)
		server := apitest.New(t, apitest.Stock(), apitest.Token(own))
		servers = append(servers, server)
		add(config, fmt.Sprintf("c%02d", i), clusterOf(server), bearer(own))
	}
	return config, servers
}

// One cluster that is dead and one that hangs are undetermined, and the others have their verdicts at once.
func TestDeadAndSlowClusters(t *testing.T) {
	config, servers := fleet(t, 4)
	config.Clusters["c01"].Server = "https://" + apitest.UnusedAddress
	servers[2].AlwaysConnection(apitest.Silent())
	r := run(t, config, pods, "apply", "--all-contexts", "--request-timeout", "2s", "--timeout", "4s", "--parallel", "3")
	r.expect(t, 3, "context c01", "context c02", "c00: satisfied (", "c03: satisfied (", "c02: undetermined (", " of 4)")
	// Nobody waits for c02.
	if i, j := strings.Index(r.stderr, "c03: "), strings.Index(r.stderr, "c02: "); i > j {
		t.Errorf("c03 was later than c02:\n%s", r.stderr)
	}
	for i, server := range servers {
		for _, request := range server.Requests() {
			if want := fmt.Sprintf("Bearer %s-%d", token, i); request.Credentials != want {
				t.Errorf("server %d got %q", i, request.Credentials)
			}
		}
	}
}

func TestSeveralClustersForOneCommand(t *testing.T) {
	config, _ := fleet(t, 2)
	run(t, config, pods, "snapshot", "--context", "c00", "--context", "c01").expect(t, 0, `"endpoint"`)
	run(t, config, pods, "snapshot", "--context", "*").expect(t, 1, "matches 2 contexts, and this command asks one cluster")
}

// Each target is in one part, whatever their number.
func TestShards(t *testing.T) {
	config, _ := fleet(t, 5)
	for _, parts := range []int{1, 2, 5} {
		var all []string
		for i := range parts {
			r := run(t, config, pods, "apply", "--all-contexts", "-q", "-o", "json", "--shard", fmt.Sprintf("%d/%d", i, parts))
			r.expect(t, 0)
			var doc struct{ Targets []struct{ Name string } }
			if err := json.Unmarshal([]byte(r.stdout), &doc); err != nil {
				t.Fatal(err)
			}
			if n := len(doc.Targets); n < 5/parts || n > (4+parts)/parts {
				t.Errorf("part %d of %d has %d targets", i, parts, n)
			}
			for _, target := range doc.Targets {
				all = append(all, target.Name)
			}
		}
		slices.Sort(all)
		if want := []string{"c00", "c01", "c02", "c03", "c04"}; !slices.Equal(all, want) {
			t.Errorf("%d parts have %q", parts, all)
		}
	}
	run(t, config, pods, "apply", "--all-contexts", "--shard", "0/6").expect(t, 1, "there are only 5 targets")
	run(t, config, pods, "apply", "--shard", "4/4").expect(t, 1, "the first of 4 is 0/4, and the last 3/4")
	run(t, config, pods, "apply", "--shard", "1").expect(t, 1, "is not a part such as 0/4")
}

// A run over hundreds of clusters shows no token of any of them.
func TestTokensOfManyClusters(t *testing.T) {
	const n = 300
	config := newConfig()
	server := apitest.New(t, apitest.Stock())
	server.Always("*", func(e *apitest.Exchange) {
		e.WriteHeader(http.StatusForbidden)
		_, _ = e.Write([]byte(e.Request.Header.Get("Authorization")))
	})
	var tokens []string
	for i := range n {
		tokens = append(tokens, fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i), byte(i >> 8)})))
		add(config, fmt.Sprint("c", i), clusterOf(server), bearer(tokens[i]))
	}
	r := run(t, config, pods, "apply", "--all-contexts", "-v", "-o", "json")
	if r.code != 3 || strings.Count(r.stdout, "[token]") < n {
		t.Errorf("exit code %d, and %d tokens are hidden", r.code, strings.Count(r.stdout, "[token]"))
	}
	for i, own := range tokens {
		if strings.Contains(r.stdout+r.stderr, own[:12]) {
			t.Errorf("token %d is shown", i)
		}
	}
}
