package foreign

import (
	"strings"

	"github.com/kreconcile/kreconcile/internal/nearest"
)

// Command says what kreconcile has in place of an unknown command. It returns "" if
// nothing is similar. known are kreconcile's commands.
func Command(name string, known []string) string {
	lower := strings.ToLower(name)
	if text := otherTool(lower); text != "" {
		return text
	}
	if isPath(name) {
		return "a declaration comes after a command, as in kreconcile plan " + name
	}
	for _, command := range known {
		if command == lower {
			return "did you mean " + command
		}
	}
	if like := nearest.Name(lower, known); like != "" {
		return "did you mean " + like
	}
	return ""
}

// isPath reports whether a word looks like the path of a declaration rather than a
// command.
func isPath(word string) bool {
	return word == "." || word == ".." || word == "-" || strings.ContainsAny(word, `/\`) ||
		strings.HasSuffix(word, ".hcl") || strings.HasSuffix(word, ".hcl.json")
}

// otherTool says what kreconcile has in place of a command of Terraform, kubectl or
// Helm. It returns "" for others.
func otherTool(name string) string {
	const state = "kreconcile keeps no state: every run asks the cluster"
	switch name {
	case "init", "get", "providers", "modules", "login", "logout":
		return "nothing needs to be installed or initialized: write a declaration, such as web.hcl, and run kreconcile plan"
	case "diff", "compare", "preview", "dry-run":
		return "kreconcile plan shows how the cluster differs from the declaration, and kreconcile snapshot diff compares two snapshots or releases"
	case "show", "output", "outputs":
		return "kreconcile plan -v shows the result with everything that holds, and -o json writes it for programs"
	case "check", "verify", "gate", "assert", "audit", "scan":
		return "kreconcile apply checks the cluster and exits 2 on drift, and kreconcile validate checks a declaration without a cluster"
	case "lint":
		return "kreconcile validate checks a declaration without a cluster, and kreconcile fmt --check checks its style"
	case "format":
		return "kreconcile fmt rewrites declarations in canonical style"
	case "console", "eval":
		return "kreconcile validate checks every expression, and kreconcile plan -v shows what each requirement comes to"
	case "graph":
		return "requirements do not depend on each other, and kreconcile plan -v lists them"
	case "destroy", "delete", "create", "install", "uninstall", "upgrade", "rollback":
		return "kreconcile changes nothing in a cluster, and kreconcile apply only checks it"
	case "import", "record", "dump", "export", "save":
		return "kreconcile snapshot records what a cluster serves"
	case "refresh", "state", "workspace", "taint", "untaint", "force-unlock", "push", "pull":
		return state + ", and kreconcile snapshot records what it answers"
	case "wait", "watch":
		return "kreconcile apply --wait 5m tries again until everything holds"
	case "auth", "can-i":
		return "write a permission block, and run kreconcile plan"
	case "api-resources", "describe":
		return "kreconcile snapshot records everything that the cluster serves, and kreconcile plan checks what you require"
	case "run", "status":
		return "kreconcile plan shows how the cluster differs from the declaration, and kreconcile apply also exits 2 on drift"
	}
	return ""
}
