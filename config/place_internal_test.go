package config

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/kreconcile/kreconcile/config/internal/lang"
)

// TestContentOfNative tests that the content of a body is what hcl reads, and that hcl decides
// where it finds an error.
func TestContentOfNative(t *testing.T) {
	names, err := filepath.Glob("../testdata/*valid/*.hcl")
	if err != nil || len(names) == 0 {
		t.Fatal("no fixture: ", err)
	}
	read, refused := 0, 0
	var compare func(body *hclsyntax.Body, typ *lang.Block)
	compare = func(body *hclsyntax.Body, typ *lang.Block) {
		want, diags := body.Content(typ.Body())
		got := contentOfNative(body, typ.Body())
		switch {
		case diags.HasErrors() && got == nil:
			refused++
		case diags.HasErrors() || got == nil:
			t.Errorf("%s: got %v, and hcl says %v", body.SrcRange, got, diags)
		case !reflect.DeepEqual(got.Attributes, want.Attributes) || !reflect.DeepEqual(append(hcl.Blocks(nil), got.Blocks...), want.Blocks):
			t.Errorf("%s: got %v, want %v", body.SrcRange, got, want)
		default:
			read++
		}
		for _, block := range body.Blocks {
			if inner := typ.Block(block.Type); inner != nil {
				compare(block.Body, inner)
			}
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if file, diags := hclparse.NewParser().ParseHCL(text, name); !diags.HasErrors() {
			compare(file.Body.(*hclsyntax.Body), lang.File())
		}
	}
	if read < 100 || refused < 10 {
		t.Errorf("only %d bodies have no error, and %d have one", read, refused)
	}
}
