package openapi

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkReadFields reads a field of one kind from a document that has 1,000 more schemas.
func BenchmarkReadFields(b *testing.B) {
	var others []string
	for i := range 1000 {
		others = append(others, fmt.Sprintf(`"com.example.v1.Other%d":{"type":"object","properties":{"name":{"description":%q,"type":"string"},"count":{"type":"integer","minimum":0}}}`,
			i, strings.Repeat("What it is called. ", 20)))
	}
	src := []byte(openAPI(`"type":"object","properties":{"spec":{"type":"object","properties":{"mode":{"type":"string"}}}}`, others...))
	queries := []FieldQuery{{GroupVersion: gadgets, Kind: "Gadget", Path: "spec.mode"}}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if answers, err := ReadFields(src, gadgets, queries, "/x"); err != nil || !answers[queries[0]].Known {
			b.Fatal(answers, err)
		}
	}
}
