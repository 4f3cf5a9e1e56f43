package discovery

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func FuzzSchemaURL(f *testing.F) {
	f.Add("/openapi/v3/apis/apps/v1?hash=0A")
	f.Add("//evil.example/openapi/v3/x")
	f.Add("/openapi/v3/../x")
	base := &url.URL{Scheme: "https", Host: "10.0.1.149:443"}
	f.Fuzz(func(t *testing.T, text string) {
		path, query, err := schemaURL(text)
		if err != nil {
			return
		}
		u, err := url.Parse((&Client{Base: base}).url(path, query))
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme || u.User != nil || u.Fragment != "" || u.Path != path ||
			!strings.HasPrefix(u.EscapedPath(), "/openapi/v3/") || slices.ContainsFunc(strings.Split(u.Path[1:], "/"), func(part string) bool { return part == "" || part == "." || part == ".." }) {
			t.Errorf("%q leads to %v, error %v", text, u, err)
		}
	})
}
