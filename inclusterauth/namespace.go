package inclusterauth

import (
	"errors"
	"fmt"
	"strings"
)

// readNamespace returns "" and no error if there is no file.
func readNamespace(path string) (string, error) {
	content, problem, err := readFile(path, maxNamespaceBytes)
	if problem == FileMissing {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("namespace file %s: %w", path, innermost(err))
	}
	name := strings.Trim(string(content), " \t\r\n")
	if !isNamespace(name) {
		return "", fmt.Errorf("namespace file %s: %w", path, errors.New("it does not hold the name of a namespace"))
	}
	return name, nil
}

// isNamespace reports whether name is an RFC 1123 label, as every namespace's name
// is.
//
// Source:
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
func isNamespace(name string) bool {
	return name != "" && len(name) <= 63 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" &&
		!strings.HasPrefix(name, "-") && !strings.HasSuffix(name, "-")
}
