package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// An attack is a declaration that would take all time or all memory. Most come about by accident.
type attack struct {
	name  string
	files map[string]string
	// want is in the error. Where it is empty, the machine decides whether there is one.
	want string
	args []string // beside the folder; "validate" where there are none
}

const (
	tooMuch   = "Declaration takes too much"
	tooLarge  = "too large"
	container = 192 << 20
)

// locals declares local values.
func locals(lines ...string) map[string]string {
	return one("locals {\n" + strings.Join(lines, "\n") + "\n}\napi \"v1\" {\n  reason = \"${local.x}\"\n}\n")
}

// doubled gives 60 local values, each of which is made of the one before by a format that takes
// its name twice.
func doubled(format string) map[string]string {
	lines := []string{`x = "x"`, `a0 = ["0123456789"]`}
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("a%d = "+format, i+1, i, i))
	}
	return locals(lines...)
}

func attacks() []attack {
	thousand := "l = [" + strings.Repeat("1,", 1000) + "1]"
	text := func(size int) string { return fmt.Sprintf("t = %q", strings.Repeat("x", size)) }
	mixed := numbered(4_000, "", `%d,"x",{a=[1]},`, "")
	condition := func(expr string) map[string]string {
		return one("check \"c\" {\n  assert {\n    condition = " + expr + "\n    error_message = \"m\"\n  }\n}\n")
	}
	values := func(content string) map[string]string {
		return map[string]string{"main.hcl": "variable \"x\" {\n  type = any\n}\napi \"v1\" {}\n", "x.hclvars": content}
	}
	return []attack{
		{"a text doubled", doubled(`["${local.a%d[0]}${local.a%d[0]}"]`), "Value too large", nil},
		{"a list doubled", doubled(`[local.a%d, local.a%d]`), "Value too large", nil},
		{"an object doubled", doubled(`{ x = local.a%d, y = local.a%d }`), "Value too large", nil},
		{"for within for within for", locals(thousand, "x = [for a in local.l : [for b in local.l : [for c in local.l : a]]]"), tooMuch, nil},
		{"for that keeps nothing", locals(thousand, "x = [for a in local.l : 1 if length([for b in local.l : 1 if length([for c in local.l : c if false]) > 0]) > 0]"), tooMuch, nil},
		{"directives within directives", locals(thousand, `x = "%{for a in local.l}%{for b in local.l}%{for c in local.l}xxxxxxxxxxxxxxxx%{endfor}%{endfor}%{endfor}"`), tooMuch, nil},
		{"a group for each", locals(thousand, `x = jsonencode({ for a in range(1000) : "k" => [for b in local.l : [for c in local.l : b]]... })`), tooMuch, nil},
		{"replace", locals(text(500_000), `x = replace(local.t, "x", local.t)`), "the result would have", nil},
		{"replace by a pattern", locals(text(300_000), `x = replace(local.t, "/x/", "$0$0$0$0$0$0$0$0$0$0")`), "the result would have", nil},
		{"a width in format", locals(`x = format("%1000000000s", "")`), "may be at most 1000", nil},
		{"a width in formatlist", locals(`x = formatlist("%1000000000d", [1, 2])`), "may be at most 1000", nil},
		{"many verbs of a large text", locals(text(400_000), `x = format("`+strings.Repeat("%[1]s", 500)+`", local.t)`), "the result would have", nil},
		{"join with a large text", locals(text(500_000), `x = join(local.t, [for i in range(1000) : "y"])`), "the result would have", nil},
		{"indent", locals(`x = indent(1000, join("\n", [for i in range(1000) : join("\n", range(10))]))`), "the result would have", nil},
		{"indent by an absurd number", locals(`x = indent(1000000000, "a\nb")`), "must be from 0 to 1000", nil},
		{"an exponent in a text", locals(`x = "${"1e640000000" * 1}"`), "at most 10000 digits", nil},
		{"an exponent in a text of a function", locals(`x = "${abs("1e640000000")}"`), "10000 digits", nil},
		{"an exponent in texts of max", locals(`x = "${max(1, "1e640000000")}"`), "10000 digits", nil},
		{"an exponent in a default", locals(`x = "${lookup(tomap({ a = 1 }), "b", "1e640000000")}"`), "10000 digits", nil},
		{"an exponent in format", locals(`x = format("%d", "1e640000000")`), "10000 digits", nil},
		{"a negative exponent in a text", locals(`x = "${-"1e-640000000"}"`), "at most 10000 digits", nil},
		{"an exponent in a sum", locals(`x = "${sum(["1e640000000", 1])}"`), "10000 digits", nil},
		{"an exponent in an index", locals(thousand, `x = local.l["1e640000000"]`), "Invalid index", nil},
		{"an exponent in JSON", json1(`{"locals":{"x":"${\"1e640000000\" * 1}"},"api":{"v1":{"reason":"${local.x}"}}}`), "at most 10000 digits", nil},
		{"setproduct", locals(thousand, "x = setproduct(range(104), range(103), range(102), range(101), range(100))"), "the result would have", nil},
		{"a list of mixed types", locals("x = tolist([" + mixed + "])"), "", nil},
		{"results of a condition", locals("a = ["+numbered(2_000, "", `{ k%d = 1 },`, "")+"]", "x = [for i in range(1000) : jsonencode(true ? local.a : [{ z = 1 }])]"), "", nil},
		{"interpolations of a large text", locals(text(900_000), `x = "`+strings.Repeat("${local.t}", 3_000)+`"`), "", nil},
		{"more interpolations of a large text", locals(text(900_000), `x = "`+strings.Repeat("${local.t}", 100_000)+`"`), "Expression too large", nil},
		{"many local values of the largest size", locals(text(900_000), `x = "x"`, numbered(5_000, "", "b%d = \"${local.t}y\"\n", "")), tooMuch, nil},
		{"many texts by upper", locals(text(900_000), `x = [for i in range(1000) : [for j in range(1000) : upper(local.t)]]`), tooMuch, nil},
		{"a splat of a splat", locals(thousand, `x = [for i in range(1000) : [for j in range(1000) : local.l[*]]]`), tooMuch, nil},
		{"concat of large lists", locals("l = ["+strings.Repeat("1,", 20_000)+"1]", "x = concat("+strings.Repeat("local.l,", 1_000)+"local.l)"), "arguments of a function", nil},
		{"many arguments of a list", locals(`x = max([for i in range(1000) : range(1000)]...)`), "", nil},
		{"a regular expression with repetitions", locals(text(500_000), `x = regex("((a{0,100}){0,100}){0,100}", local.t)`), "", nil},
		{"a slow regular expression", locals(text(900_000), `x = [for i in range(1000) : [for j in range(1000) : length(regexall("(x*)*y", substr(local.t, 0, 60000)))]]`), tooMuch, nil},
		{"JSON in a text, deep", locals(`x = jsondecode(join("", [for i in range(1000) : "[[[["]))`), "at most 500 deep", nil},
		{"JSON in a text, large", locals(`x = jsondecode("[${join(",", [for i in range(1000) : join(",", range(200))])}]")`), "at most 50000 values", nil},
		{"JSON with a million values", json1(repeated(3<<20, `{"locals":{"x":[`, "1,", `1]},"api":{"v1":{}}}`)), tooLarge, nil},
		{"JSON with many templates", json1(repeated(3<<20, `{"locals":{"x":[`, `"${1+1}",`, `1]},"api":{"v1":{}}}`)), "", nil},
		{"JSON with large templates", json1(`{"locals":{"x":[` + strings.Repeat(`"`+strings.Repeat("${1}", 3_000)+`",`, 300) + `1]},"api":{"v1":{}}}`), "", nil},
		{"names with dots", one(repeated(4<<20, "locals {\n  x = ", "a.", "a\n}\n")), "Nested too deeply", nil},
		{"operators on many lines", one(repeated(4<<20, "locals {\n", "a = b+c*d-e\n", "}\n")), "", nil},
		{"comments", one(repeated(4<<20, "", "#\n", "")), "", nil},
		{"long comments", one(repeated(4<<20, "", "/**/", "")), "", nil},
		{"newlines", one(repeated(4<<20, "", "\n", "")), "", nil},
		{"signs that mean nothing", one(repeated(4<<20, "", ";", "")), "", nil},
		{"tokens of one byte", one(repeated(4<<20, "locals {\n  x = [", "1,", "1]\n}\n")), "Expression too large", nil},
		{"tokens of one byte in many lists", one(repeated(4<<20, "locals {\n", "x = [1,1,1,1,1,1,1,1]\n", "}\n")), "", nil},
		{"errors", one(repeated(4<<20, "", "a b\n", "")), "", nil},
		{"errors in blocks", one(repeated(4<<20, "", "b{ a=1+2 2}\n", "")), "", nil},
		{"errors in a block", one(repeated(4<<20, "o{\n", "b{\n a=1+2 2}\n", "}\n")), "", nil},
		{"unknown attributes", one(numbered(150_000, "api \"v1\" {\n", "a%d = 1\n", "}\n")), "", nil},
		{"a quote that is missing at the beginning", one(repeated(4<<20, "api \"v1 {\n}\n", "api \"v1\" {\n  reason = \"x\"\n}\n", "")), "", nil},
		{"a bracket that is missing at the beginning", one(repeated(4<<20, "locals {\n  a = [1\n}\n", "api \"v1\" {\n  reason = \"x\"\n}\n", "")), "", nil},
		{"blocks", one(repeated(4<<20, "", "api \"v1\" {}\n", "")), tooMuch, nil},
		{"blocks in a block", one(numbered(150_000, "api \"v1\" {\n", "resource \"r%d\" {}\n", "}\n")), tooMuch, nil},
		{"blocks within blocks", one(repeated(4<<20, strings.Repeat("b {\n", 450), "c = 1\n", strings.Repeat("}\n", 450))), "", nil},
		{"heredocs", one(repeated(4<<20, "", "locals {\n  a = <<A\n${\"x\"}\nA\n}\n", "")), "", nil},
		{"heredocs within heredocs", one("locals {\n  x = " + strings.Repeat("<<A\n${", 100_000) + "1\n}\n"), "Nested too deeply", nil},
		{"a long heredoc", one("locals {\n  x = <<A\n" + strings.Repeat("x\n", 1_000_000) + "A\n}\n"), "Text too long", nil},
		{"dynamic blocks within dynamic blocks", one(nestedDynamic(1000)), tooMuch, nil},
		{"dynamic blocks of nothing", one("api \"v1\" {\n  dynamic \"resource\" {\n    for_each = [for i in range(1000) : i]\n    labels = [\"r${resource.value}\"]\n    content {\n      dynamic \"field\" {\n        for_each = [for i in range(1000) : i if length([for j in range(1000) : j]) < 0]\n        labels = [\"x\"]\n        content {}\n      }\n    }\n  }\n}\n"), tooMuch, nil},
		{"verbs and resources", one(numbered(2_000, "permission \"p\" {\n  verbs = [", `"v%d",`, "]\n") + numbered(2_000, "  resources = [", `"r%d",`, "]\n}\n")), tooMuch, nil},
		{"try within try", locals("x = " + strings.Repeat("try(", 240) + "1" + strings.Repeat(" + \"a\", 1)", 240)), "", nil},
		{"can within for", locals(thousand, "x = [for a in local.l : [for b in local.l : [for c in local.l : can(tonumber(\"a\"))]]]"), tooMuch, nil},
		{"a condition of many questions", condition(`length([for i in range(10) : [for j in range(1000) : [for k in range(1000) : j]] if allowed("get", "r${i}.example.com")]) == 3`), tooMuch,
			[]string{"apply", "--snapshot", filepath.Join("..", "..", "testdata", "snapshots", "kubernetes.json")}},
		{"a variable file of many tokens", values(repeated(4<<20, "x = [", "1,", "1]\n")), "Expression too large", []string{"validate", "--var-file", "x.hclvars"}},
		{"a variable file of many items", values("x = {\n" + numbered(100_000, "", "k%d = 1\n", "}\n")), "", []string{"validate", "--var-file", "x.hclvars"}},
		{"a long line among short ones", one(strings.Repeat("x", 1<<20) + "=1\n" + numbered(300_000, "", "a%d=1\n", "")), "", []string{"fmt"}},
		{"long lines of comments", one("a=\"" + strings.Repeat("x", 1<<20) + "\" #\n" + numbered(200_000, "", "a%d=1 #\n", "")), "", []string{"fmt"}},
		{"a deep indentation", one(strings.Repeat("a {\n", 490) + strings.Repeat("#\n", 250_000) + strings.Repeat("}\n", 490)), "", []string{"fmt"}},
		{"tokens of one byte to format", one(repeated(4<<20, "", "a=1\n\n", "")), "", []string{"fmt"}},
		{"16 MiB", map[string]string{
			"a.hcl": repeated(4<<20, "", "api \"v1\" { # comment\n}\n", ""), "b.hcl": repeated(4<<20, "", "#\n", ""),
			"c.hcl": repeated(4<<20, "", "api \"v1\" { # comment\n}\n", ""), "d.hcl": repeated(4<<20-1, "", "check \"x\" {\n}\n", ""),
		}, "", nil},
		{"16 MiB of comments", map[string]string{
			"a.hcl": repeated(4<<20, "", "#\n", ""), "b.hcl": repeated(4<<20, "", "# x\n", ""), "c.hcl": repeated(4<<20, "", "//\n", ""), "d.hcl": repeated(4<<20-1, "", "\n", ""),
		}, "", nil},
	}
}

// nestedDynamic nests dynamic blocks, each over so many elements.
func nestedDynamic(width int) string {
	list := "[" + strings.Repeat("1,", width) + "]"
	return fmt.Sprintf("dynamic \"api\" {\nfor_each = %[1]s\nlabels = [\"v${api.key}\"]\ncontent {\ndynamic \"resource\" {\nfor_each = %[1]s\nlabels = [\"r${resource.key}\"]\ncontent {\n"+
		"dynamic \"subresource\" {\nfor_each = %[1]s\nlabels = [\"s${subresource.key}\"]\ncontent {}\n}\n}\n}\n}\n}\n", list)
}

// TestMemoryOfAttacks holds what every declaration is promised: in a container of 192 MiB whose
// limit GOMEMLIMIT names, a run ends within 10 seconds, and an error says why. It is never
// killed, and its exit code is never that of drift.
func TestMemoryOfAttacks(t *testing.T) {
	canMeasure(t)
	program := build(t)
	for _, test := range attacks() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, content := range test.files {
				place(t, filepath.Join(dir, name), content)
			}
			args := test.args
			if len(args) == 0 {
				args = []string{"validate"}
			}
			for i, arg := range args {
				if strings.HasSuffix(arg, ".hclvars") {
					args[i] = filepath.Join(dir, arg)
				}
			}
			begin := time.Now()
			code, output, peak := memoryGroup(t).run(t, program, append(args, dir)...)
			took := time.Since(begin)
			t.Logf("%.1f s, %d MiB, exit %d: %.200s", took.Seconds(), peak>>20, code, strings.ReplaceAll(output, "\n", " "))
			if code != 1 && (code != 0 || test.want != "") || !strings.Contains(output, test.want) {
				t.Errorf("it exits with %d, and says %.1000s\nwant 1 and %q", code, output, test.want)
			}
			if strings.Contains(output, "goroutine ") || strings.Contains(output, "Internal error") {
				t.Errorf("it says %.2000s", output)
			}
			// The run itself may take 10 seconds of a machine that does nothing else.
			if took > 30*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// cgroup is a memory controller's folder, of version 1 or 2.
type cgroup struct{ dir, limit, peak string }

// memoryGroup gives a group for processes that may take the memory of a container, or skips the
// test where none can be made.
func memoryGroup(t *testing.T) cgroup {
	t.Helper()
	group := cgroup{dir: "/sys/fs/cgroup", limit: "memory.max", peak: "memory.peak"}
	if _, err := os.Stat("/sys/fs/cgroup/memory"); err == nil {
		group = cgroup{dir: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes", peak: "memory.max_usage_in_bytes"}
	}
	dir, err := os.MkdirTemp(group.dir, "kreconcile-") //nolint:usetesting // It is no folder of the test's own.
	if err != nil {
		t.Skipf("no cgroup can be made, which needs root and a memory controller: %v", err)
	}
	group.dir = dir
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Log(err)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, group.limit), []byte(strconv.Itoa(container)), 0o600); err != nil {
		t.Skipf("the cgroup cannot be limited: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "memory.swap.max"), []byte("0"), 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		t.Skipf("the cgroup cannot do without swap: %v", err)
	}
	return group
}

// run runs a program in the group. It gives the most memory that the group had.
func (g cgroup) run(t *testing.T, program string, args ...string) (code int, output string, peak int) {
	t.Helper()
	// Version 1 can set the peak back.
	_ = os.WriteFile(filepath.Join(g.dir, g.peak), []byte("0"), 0o600)
	script := `echo $$ >"$0/cgroup.procs" && exec "$@"`
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", script, g.dir, program}, args...)...)
	cmd.Env = append(os.Environ(), "GOMEMLIMIT="+strconv.Itoa(container))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(g.dir, g.peak))
	if err == nil {
		peak, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	}
	return cmd.ProcessState.ExitCode(), out.String(), peak
}
