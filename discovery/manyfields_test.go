package discovery

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/kreconcile/kreconcile/kubeapi"
)

// TestManyFields tests that the fields of all documents together have a limit, and that what was
// read within it stays known. A server with as many as the real limit takes too long to read.
func TestManyFields(t *testing.T) {
	const document = `{"openapi":"3.0.0","components":{"schemas":{"d":{"type":"object","properties":{"a":{},"b":{}},
		"x-kubernetes-group-version-kind":[{"group":"apps","version":"v1","kind":"Deployment"}]}}}}`
	var left atomic.Int64
	left.Store(3)
	read := func() (Fact[*Schemas], error) {
		f := fieldsOf{
			gv: kubeapi.GroupVersion{Group: "apps", Version: "v1"}, kinds: []string{"Deployment"},
			schemas: new(Fact[*Schemas]), left: &left,
		}
		_, err := f.read([]byte(document), "/openapi/v3/apis/apps/v1")
		return *f.schemas, err
	}
	if fact, err := read(); err != nil || !fact.Known || len(fact.Value.Objects["Deployment"].Fields) != 2 {
		t.Errorf("two fields of three: %+v, %v", fact, err)
	}
	if fact, err := read(); !errors.Is(err, ErrManyFields) || fact.Asked() {
		t.Errorf("four fields of three: %+v, %v", fact, err)
	}
}
