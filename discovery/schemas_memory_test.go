package discovery_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/apitest"
)

const (
	hostileSize      = 32 << 20
	hostileDocuments = 2
	// askFields makes this program ask a server for fields and tell how much memory
	// that took.
	askFields = "KRECONCILE_TEST_ASK_FIELDS"
)

// TestHostileSchemas holds that no document takes more memory than a small Pod has,
// nor do several at once.
func TestHostileSchemas(t *testing.T) {
	const limit = 192 << 10 // KiB
	if os.Getenv("KRECONCILE_TEST_MEMORY") == "" {
		t.Skip("it takes long; make memory runs it")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skipf("the memory of a process is read from /proc: %v", err)
	}
	if raced {
		t.Skip("the race detector takes memory of its own")
	}
	if server := os.Getenv(askFields); server != "" {
		askForHostileFields(t, server)
		return
	}
	tests := []struct {
		name, begin string
		more        func(b *bytes.Buffer, n int)
		end         string
	}{
		{"a long string", `"type":"object","description":"`, func(b *bytes.Buffer, _ int) { b.WriteString("xxxxxxxx") }, `"`},
		{"a long name", `"properties":{"`, func(b *bytes.Buffer, _ int) { b.WriteString("xxxxxxxx") }, `":{}}`},
		{"long names", `"properties":{"":{}`, func(b *bytes.Buffer, n int) { fmt.Fprintf(b, `,"%d%s":{}`, n, strings.Repeat("x", 1<<20-10)) }, `}`},
		{"names in objects in objects", `"x":{"a":0`, func(b *bytes.Buffer, n int) {
			if n%100 == 99 && n < 10_000 {
				fmt.Fprintf(b, `,"n%d":{"a":0`, n)
			} else {
				fmt.Fprintf(b, `,"%d%s":0`, n, strings.Repeat("x", 5_000))
			}
		}, `}` + strings.Repeat("}", 100)},
		{"many schemas", `"type":"object"}`, func(b *bytes.Buffer, n int) { fmt.Fprintf(b, `,"s%d":{"description":"%0300d"}`, n, n) }, `,"end":{`},
		{"too many schemas", `"type":"object"}`, func(b *bytes.Buffer, n int) { fmt.Fprintf(b, `,"s%d":{}`, n) }, `,"end":{`},
		{"many fields", `"properties":{"f":{}`, func(b *bytes.Buffer, n int) { fmt.Fprintf(b, `,"f%d":{}`, n) }, `}`},
		{"many fields in many parts", `"allOf":[{`, func(b *bytes.Buffer, n int) {
			if n%3_000 == 0 {
				b.WriteString(`}},{"properties":{"f":{}`[map[bool]int{true: 1, false: 0}[n == 0]:])
			}
			fmt.Fprintf(b, `,"f%d":{}`, n)
		}, `}}]`},
		{"objects in objects", `"x":{"a":0`, func(b *bytes.Buffer, n int) {
			if n%3_900 == 3_899 && n < 100*3_900 {
				fmt.Fprintf(b, `,"n%d":{"a":0`, n)
			} else {
				fmt.Fprintf(b, `,"n%d":0`, n)
			}
		}, `}` + strings.Repeat("}", 100)},
		{"many alternatives", `"oneOf":[{}`, func(b *bytes.Buffer, _ int) { b.WriteString(`,{}`) }, `]`},
		{"many values", `"properties":{"spec":{"enum":[""`, func(b *bytes.Buffer, n int) { fmt.Fprintf(b, `,"v%d"`, n) }, `]}}`},
		{"many lists", `"x":[[]`, func(b *bytes.Buffer, _ int) { b.WriteString(`,[]`) }, `]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			b.WriteString(`{"openapi":"3.0.0","components":{"schemas":{"d":{"x-kubernetes-group-version-kind":[{"group":"apps","version":"v1","kind":"Deployment"}],` + test.begin)
			for n := 0; b.Len() < hostileSize-1_100_000; n++ {
				test.more(&b, n)
			}
			b.WriteString(test.end + "}}}}")
			schemas := apitest.Schemas{}
			for i := range hostileDocuments {
				schemas[fmt.Sprintf("apis/apps/v%d", i+1)] = b.String()
			}
			server := apitest.New(t, apitest.Stock(), apitest.Plaintext())
			server.SetSchemas(schemas)
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHostileSchemas$", "-test.v")
			cmd.Env = append(os.Environ(), askFields+"="+server.URL())
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			found := regexp.MustCompile(`took (\d+) KiB: (.*)`).FindSubmatch(out)
			if found == nil {
				t.Fatalf("no memory in\n%s", out)
			}
			t.Logf("%s", found[0])
			if took, _ := strconv.Atoi(string(found[1])); took > limit {
				t.Errorf("%d documents of %d bytes took %d KiB, want at most %d", len(schemas), b.Len(), took, limit)
			}
		})
	}
}

func askForHostileFields(t *testing.T, server string) {
	base, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	client := &discovery.Client{HTTP: http.DefaultClient, Base: base}
	defer client.HTTP.CloseIdleConnections()
	s := &discovery.Snapshot{}
	var needs discovery.Needs
	for i := range hostileDocuments {
		q := question("Deployment", "spec.replicas")
		q.GroupVersion.Version = fmt.Sprintf("v%d", i+1)
		needs.Fields = append(needs.Fields, q)
	}
	client.Fetch(context.Background(), s, needs)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	peak := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	fmt.Printf("took %s KiB: %s\n", peak[1], said(s, needs.Fields[0]))
}
