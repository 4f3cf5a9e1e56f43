package main

import "testing"

func TestReplacePart(t *testing.T) {
	page := "# Page\n\n<!-- make bench: tables -->\nold\n<!-- end of tables -->\n\nThe end.\n"
	const want = "# Page\n\n<!-- make bench: tables -->\n\nnew\n\n<!-- end of tables -->\n\nThe end.\n"
	// The second time replaces what the first one wrote.
	for range 2 {
		var err error
		if page, err = replacePart(page, "tables", "new\n\n"); err != nil || page != want {
			t.Fatalf("%q, %v; want %q", page, err, want)
		}
	}
	for name, broken := range map[string]string{
		"no begin": "<!-- end of tables -->\n", "no end": "<!-- make bench: tables -->\n", "another part": "<!-- make bench: x -->\n<!-- end of x -->\n",
	} {
		if got, err := replacePart(broken, "tables", "new"); err == nil {
			t.Errorf("%s: %q, want an error", name, got)
		}
	}
}
