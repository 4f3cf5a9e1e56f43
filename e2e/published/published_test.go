package published_test

import (
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/e2e/published"
)

func TestFetch(t *testing.T) {
	for _, f := range []published.File{
		published.SARIF(), published.JUnit(), published.TektonTask(), published.CycloneDX(), published.TektonPipeline(), published.TektonTaskRun(),
		published.ArgoCDApplication(), published.ArgoCDHealth(), published.OldGateway(), published.OldCertificate(),
	} {
		if _, err := f.Fetch(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestFetchRefuses(t *testing.T) {
	changed, absent, unknown := published.JUnit(), published.JUnit(), published.JUnit()
	changed.Sum = "h1:another"
	absent.Path = "fixtures/absent.xsd"
	unknown.Version = "v0.8.999"
	for want, f := range map[string]published.File{
		"and not h1:another": changed, "no such file": absent, "go mod download github.com/yannh/kubeconform@v0.8.999: ": unknown,
	} {
		if _, err := f.Fetch(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
