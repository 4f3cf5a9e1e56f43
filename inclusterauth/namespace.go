package inclusterauth

import (
	"errors"
	"fmt"
	"strings"
)

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
	if !isLabel(name) || strings.Contains(name, "_") {
		return "", fmt.Errorf("namespace file %s: %w", path, errors.New("it does not hold the name of a namespace"))
	}
	return name, nil
}
