package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	err := run(context.Background(), os.Args[1:], os.Getenv("SOURCE_DATE_EPOCH"), os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

// run is main with its effects as parameters. The layout replaces the one that was
// there, and only once all is well.
func run(ctx context.Context, args []string, sourceDateEpoch string, stdout io.Writer) error {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	module := flags.String("module", ".", "the folder of the module that the binaries were built from")
	output := flags.String("o", "image", "the folder of the layout")
	limit := flags.Int64("limit", 5_000_000, "how many bytes one platform's image may have, compressed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("no binary is given")
	}

	var platforms []*platform
	for _, path := range flags.Args() {
		b, err := readBinary(path)
		if err != nil {
			return err
		}
		p, err := newPlatform(ctx, b, *module, sourceDateEpoch)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if p.size > *limit {
			return fmt.Errorf("%s: the image has %d bytes, at most %d are allowed", path, p.size, *limit)
		}
		platforms = append(platforms, p)
	}
	index, err := newIndex(platforms)
	if err != nil {
		return err
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	if err := writeLayout(*output, index, platforms[0].binary.version()); err != nil {
		return err
	}
	var report strings.Builder
	fmt.Fprintf(&report, "%s holds kreconcile %s\n  index        %s\n", filepath.Clean(*output), platforms[0].binary.version(), digest)
	for _, p := range platforms {
		if err := os.WriteFile(p.sbomPath(), p.sbom, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&report, "  %-12s %s, %d bytes\n  its SBOM     %s\n", p.binary.platform, p.digest, p.size, filepath.Clean(p.sbomPath()))
	}
	_, err = io.WriteString(stdout, report.String())
	return err
}
