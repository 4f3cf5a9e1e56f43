package inclusterauth

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// namespaceName is an RFC 1123 label.
//
// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
var namespaceName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// readNamespace gives "" and no error where there is no file.
func readNamespace(path string) (string, error) {
	content, problem, err := readFile(path, maxNamespaceBytes)
	if problem == FileMissing {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("namespace file %s: %w", path, innermost(err))
	}
	name := strings.Trim(string(content), " \t\r\n")
	if !namespaceName.MatchString(name) {
		return "", fmt.Errorf("namespace file %s: %w", path, errors.New("it does not hold the name of a namespace"))
	}
	return name, nil
}
