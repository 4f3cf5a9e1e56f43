package main

import (
	"fmt"
	"os"
	"strings"
)

// begin is the line after which a page has tables.
const begin = "<!-- The rest of this page is written by make bench. -->\n"

// writePage replaces the end of a page, from the line that says so on.
func writePage(file, tables string) error {
	page, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, _, found := strings.Cut(string(page), begin)
	if !found {
		return fmt.Errorf("%s has no line %q", file, strings.TrimSpace(begin))
	}
	return os.WriteFile(file, []byte(text+begin+"\n"+strings.TrimRight(tables, "\n")+"\n"), 0o644) //nolint:gosec // it is a page of the docs
}
