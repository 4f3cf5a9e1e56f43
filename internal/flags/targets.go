package flags

import (
	"errors"
	"slices"

	"github.com/spf13/pflag"

	"github.com/kreconcile/kreconcile/internal/outlet"
)

// The flags that name targets other than a live cluster.
const (
	SnapshotFlag = "snapshot"
	ReleaseFlag  = "release"
)

// CRDsFlag lays definitions over releases and snapshots.
const CRDsFlag = "crds"

// CRDs are the paths of CustomResourceDefinitions.
type CRDs []string

// Bind adds the flag.
func (f *CRDs) Bind(flags *pflag.FlagSet) {
	flags.StringArrayVar((*[]string)(f), CRDsFlag, nil,
		"judge releases and snapshots as if the CustomResourceDefinitions at this `path` were applied: YAML or JSON, a file, a folder or -; repeatable")
}

// Origins are the files that are read.
func (f *CRDs) Origins() []outlet.Origin { return Origins("the manifest", *f) }

// Origins are paths that a command reads, all of one name.
func Origins(name string, paths []string) []outlet.Origin {
	var list []outlet.Origin
	for _, path := range paths {
		list = append(list, outlet.Origin{Name: name, Path: path})
	}
	return list
}

// ReadOnce refuses a standard input that is read twice.
func ReadOnce(inputs []string) error {
	if i := slices.Index(inputs, "-"); i >= 0 && slices.Contains(inputs[i+1:], "-") {
		return errors.New("standard input (-) can be read only once")
	}
	return nil
}
