package inclusterauth

import (
	"strings"
	"testing"
)

// BenchmarkLoad reads a token and a CA bundle.
func BenchmarkLoad(b *testing.B) {
	dir := mountAccount(b, strings.Repeat("token", 200), newAuthority(b, "CA").pem)
	getenv := environment("KUBERNETES_SERVICE_HOST=127.0.0.1", "KUBERNETES_SERVICE_PORT=443")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(Options{Dir: dir, Getenv: getenv}); err != nil {
			b.Fatal(err)
		}
	}
}
