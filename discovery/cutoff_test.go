package discovery_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestCutOffAnswers: however an answer is cut short, and wherever, it is an error and
// asked for again. It never becomes a shorter list of APIs.
func TestCutOffAnswers(t *testing.T) {
	stock := apitest.Stock()
	group, _ := stock.Group("apps")
	resources := apitest.APIResourceList(kubeapi.GroupVersion{Group: "apps", Version: "v1"}, group.Versions[0].Resources.Value)
	documentsOf := map[string]struct {
		path, contentType, body string
		forms                   []apitest.Form
	}{
		"aggregated":        {"/apis", v2JSON, string(apitest.Aggregated(stock.Named.Value, "v2")), nil},
		"list of groups":    {"/apis", plainJSON, string(apitest.APIGroupList(stock.Named.Value)), []apitest.Form{apitest.Plain}},
		"list of resources": {"/apis/apps/v1", plainJSON, string(resources), []apitest.Form{apitest.Plain}},
	}
	manners := map[string]func(n int, contentType, body string) apitest.Step{
		"shorter than its Content-Length": apitest.Short,
		"broken off":                      apitest.Truncate,
		"in a chunk":                      apitest.CutOff,
		"packed": func(n int, contentType, body string) apitest.Step {
			return apitest.Packed(1+(len(body)-n)/100, contentType, body)
		},
		// A proxy that has lost the rest says that this is all.
		"whole": func(n int, contentType, body string) apitest.Step { return apitest.Reply(200, contentType, body[:n]) },
	}
	for kind, document := range documentsOf {
		for manner, cut := range manners {
			for _, protocol := range []string{"HTTP/1.1", "HTTP/2"} {
				t.Run(kind+" "+manner+" "+protocol, func(t *testing.T) {
					options := []apitest.Option{apitest.Forms(apitest.V2)}
					if document.forms != nil {
						options[0] = apitest.Forms(document.forms...)
					}
					if protocol == "HTTP/1.1" {
						options = append(options, apitest.HTTP1())
					}
					server := apitest.New(t, stock, options...)
					// The last byte is a newline, and the one before ends the document.
					whole := len(document.body) - 2
					for _, n := range []int{0, 1, whole / 3, strings.LastIndex(document.body, "},{") + 1, whole - 1, whole} {
						server.Always(document.path, cut(n, document.contentType, document.body))
						a := ask(t, server)
						s := a.fetch(documents)
						f := s.Named.Failure
						if document.path != "/apis" {
							g, _ := s.Group("apps")
							_, f = g.Version("v1")
						}
						if f == nil || f.Code != discovery.Unreachable || !strings.HasPrefix(f.Message, "GET "+document.path+": ") {
							t.Errorf("%d of %d bytes: failure %v", n, len(document.body), f)
						}
						if len(a.waits) != 4 {
							t.Errorf("%d of %d bytes: waits %v", n, len(document.body), a.waits)
						}
					}
				})
			}
		}
	}
}
