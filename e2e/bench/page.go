package main

import (
	"fmt"
	"os"
	"strings"
)

// The parts of a page that the benchmark writes are between comments with these names.
const (
	summaryPart = "summary"
	tablesPart  = "tables"
)

// writePage replaces parts of a page.
func writePage(file string, parts map[string]string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	page := string(content)
	for name, text := range parts {
		if page, err = replacePart(page, name, text); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
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
