package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeDocs writes the tables into two pages of the folder docs, between comments with the names of the parts.
func writeDocs(docs, summary, tables string) error {
	return errors.Join(
		writePart(filepath.Join(docs, "performance.md"), "summary", summary),
		writePart(filepath.Join(docs, "maintainers", "measurements.md"), "tables", tables),
	)
}

// writePart replaces a part of a page.
func writePart(file, name, text string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	page, err := replacePart(string(content), name, text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, []byte(page), 0o644)
}

func replacePart(page, name, text string) (string, error) {
	begin, end := "<!-- make bench: "+name+" -->\n", "<!-- end of "+name+" -->\n"
	before, rest, begins := strings.Cut(page, begin)
	_, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		return "", fmt.Errorf("no lines %q and %q", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return before + begin + "\n" + strings.Trim(text, "\n") + "\n\n" + end + after, nil
}
