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
	"sync"
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

// run is main with its effects as parameters. It replaces an earlier layout only
// after everything has succeeded.
func run(ctx context.Context, args []string, sourceDateEpoch string, stdout io.Writer) error {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	module := flags.String("module", ".", "the folder of the module that the binaries were built from")
	output := flags.String("o", "image", "the folder of the layout")
	alone := flags.Bool("sbom", false, "make no image, and write the SBOM of each binary beside it, of whatever platform")
	limit := flags.Int64("limit", 5_000_000, "how many bytes one platform's image may have, compressed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("no binary is given")
	}

	if *alone {
		return sboms(flags.Args(), sourceDateEpoch, stdout)
	}

	var platforms []*platform
	for _, path := range flags.Args() {
		p, err := newPlatform(path, sourceDateEpoch)
		if err != nil {
			return err
		}
		platforms = append(platforms, p)
	}
	if err := errors.Join(ofOneBuild(platforms), replaceable(*output)); err != nil {
		return err
	}
	// It takes a while to compress the layers, and a layer takes one processor.
	failures := make([]error, len(platforms))
	var group sync.WaitGroup
	for i, p := range platforms {
		group.Go(func() {
			if err := p.build(ctx, *module); err != nil {
				failures[i] = fmt.Errorf("%s: %w", p.binary.path, err)
			} else if p.size > *limit {
				failures[i] = fmt.Errorf("%s: the image has %d bytes, at most %d are allowed", p.binary.path, p.size, *limit)
			}
		})
	}
	group.Wait()
	if err := errors.Join(failures...); err != nil {
		return err
	}
	index := newIndex(platforms)
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	if err := writeLayout(*output, index, platforms[0].binary.version()); err != nil {
		return err
	}
	var report strings.Builder
	fmt.Fprintf(&report, "%s holds %s %s\n  index        %s\n", filepath.Clean(*output), platforms[0].binary.name, platforms[0].binary.version(), digest)
	for _, p := range platforms {
		path, err := p.binary.writeSBOM(p.sbom)
		if err != nil {
			return err
		}
		fmt.Fprintf(&report, "  %-12s %s, %d bytes\n  its SBOM     %s\n", p.binary.platform, p.digest, p.size, path)
	}
	_, err = io.WriteString(stdout, report.String())
	return err
}

// sboms writes the SBOM of each binary, and prints the paths.
func sboms(paths []string, sourceDateEpoch string, stdout io.Writer) error {
	for _, path := range paths {
		b, err := readBinary(path)
		if err != nil {
			return err
		}
		created, err := b.created(sourceDateEpoch)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		sbom, err := b.sbom(created)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		written, err := b.writeSBOM(sbom)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(stdout, written); err != nil {
			return err
		}
	}
	return nil
}
