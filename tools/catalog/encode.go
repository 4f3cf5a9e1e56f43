package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/kreconcile/kreconcile/tools/deflate"
)

const (
	archiveName = "releases.gz"
	// maxReleases is how many bits a set has.
	maxReleases = 64
)

// line joins the columns of a line.
func line(columns ...string) string { return strings.Join(columns, "\t") }

// encode writes the catalogue. Package catalog describes the format.
func encode(releases []*release) []byte {
	return deflate.Gzip(lines(releases))
}

// lines returns the catalogue before it is compressed.
func lines(releases []*release) []byte {
	var b bytes.Buffer
	sets := map[string]uint64{}
	for i, r := range releases {
		fmt.Fprintln(&b, line("release", r.version.String()))
		for fact := range r.facts {
			sets[fact] |= 1 << i
		}
	}
	var facts []string
	for fact, set := range sets {
		facts = append(facts, line(fact, fmt.Sprintf("%x", set)))
	}
	for kind, l := range historyOf(releases).kinds() {
		facts = append(facts, line("life", kind, l.line()))
	}
	slices.Sort(facts)
	before := []string{"", "", ""}
	for _, fact := range facts {
		columns := strings.Split(fact, "\t")
		for i := range before {
			// An empty column is that of the line before.
			if before[i] != columns[i] {
				copy(before[i:], columns[i:])
				break
			}
			columns[i] = ""
		}
		fmt.Fprintln(&b, line(columns...))
	}
	return b.Bytes()
}

// releasesIn returns the releases of a catalogue. There are none if there is no file.
func releasesIn(file string) ([]string, error) {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var releases []string
	for l := range strings.Lines(string(text)) {
		if version, ok := strings.CutPrefix(l, line("release", "")); ok {
			releases = append(releases, strings.TrimSpace(version))
		}
	}
	return releases, nil
}

// sourcesPage lists the sources for readers.
func sourcesPage(releases []*release) []byte {
	var b bytes.Buffer
	b.WriteString(`# Sources of the catalogue

` + "`make catalog`" + ` wrote releases.gz, deprecated.tsv and this page from these Go modules. The hashes are those of their go.sum lines.
Kubernetes is licensed under the Apache License 2.0.

| release | module | version | hash |
| --- | --- | --- | --- |
`)
	for _, r := range releases {
		for _, s := range r.sources {
			fmt.Fprintf(&b, "| %s | `%s` | %s | `%s` |\n", r.version, s.module, s.version, s.sum)
		}
	}
	return b.Bytes()
}
