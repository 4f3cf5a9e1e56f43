package html

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/kreconcile/kreconcile/e2e/programs"
)

// chromium is the path of the browser. Without one, the test fails in CI, and is skipped elsewhere.
func chromium(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("the HTML report is not opened in a browser, because there is none: install the package chromium")
	}
	if err != nil {
		t.Fatal("the HTML report needs a browser: install the package chromium: ", err)
	}
	return path
}

// render runs kreconcile, which writes a page.
func render(t *testing.T, path, declaration string, code int, args []string) {
	t.Helper()
	args = append(slices.Clone(args), "-o", "html="+path)
	if declaration != "" {
		file := filepath.Join(t.TempDir(), "web.hcl")
		if err := os.WriteFile(file, []byte(declaration), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--path-prefix", filepath.Dir(file)+"=", file)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		t.Fatalf("kreconcile %q: %v, want exit code %d\n%s", args, err, code, out)
	}
}

// browse runs the script.
func browse(t *testing.T, job map[string]any) seen {
	t.Helper()
	packages, err := programs.InstallNPM(t.Context(), filepath.Join("..", "html"))
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	var out, complaints bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "browse.js")
	cmd.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(packages, "node_modules"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("node: %v\n%s", err, complaints.String())
	}
	var s seen
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// reduce writes a picture with its 256 most frequent colours, which takes half the bytes.
func reduce(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	full, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[color.RGBA]int{}
	bounds := full.Bounds()
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			counts[color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	var palette color.Palette
	for _, c := range colours[:min(len(colours), 256)] {
		palette = append(palette, c)
	}
	small := image.NewPaletted(bounds, palette)
	draw.Draw(small, bounds, full, image.Point{}, draw.Src)
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := errors.Join(encoder.Encode(&out, small), os.WriteFile(path, out.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// pressed lists the keys of each page.
func pressed(steps map[string][]step) []map[string]any {
	var list []map[string]any
	for page, steps := range steps {
		var presses []string
		for _, s := range steps {
			presses = append(presses, s.Press)
		}
		list = append(list, map[string]any{"page": page, "presses": presses})
	}
	return list
}

// program is the path of kreconcile.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	folder, err := os.MkdirTemp("", "kreconcile-html")
	if err == nil {
		program = filepath.Join(folder, "kreconcile")
		build := exec.Command("go", "build", programs.NoDWARF, "-o", program, "./cmd/kreconcile")
		build.Dir, build.Stderr = filepath.Join("..", ".."), os.Stderr
		err = build.Run()
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err := errors.Join(err, os.RemoveAll(folder)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
