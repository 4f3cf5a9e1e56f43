package record_test

import (
	"bytes"
	"testing"

	"github.com/kreconcile/kreconcile/discovery/internal/model"
	"github.com/kreconcile/kreconcile/discovery/internal/record"
	"github.com/kreconcile/kreconcile/internal/snapshottest"
)

// FuzzLoad holds that what can be loaded takes no more memory than its length allows
// for, and is saved as something that loads as the same.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"format_version":"1.2","endpoint":"https://10.0.1.149:443","time":"2026-01-31T11:00:00Z","core":{"value":{"name":"","preferred":"v1","versions":[{"name":"v1","freshness":"Current","resources":{"value":[{"name":"pods","singular":"pod","kind":"Pod","scope":"Namespaced","verbs":["get"],"short_names":["po"],"categories":[],"subresources":[{"name":"log","kind":"Pod","verbs":["get"]}]}]}}]}},"confirmed":{"value":true},"groups":{"failure":{"code":"forbidden","message":"no"}},"server_addresses":{"value":["a"]},"version":{"value":{"git_version":"v1.36.3","major":"1","minor":"36","platform":""}},"reviews":[{"verb":"get","group":"apps","resource":"deployments","subresource":"","namespace":"web","name":"","path":"","answer":{"value":{"allowed":false,"denied":true,"reason":"no","evaluation_error":""}}}]}`))
	f.Add([]byte(`{"format_version":"1.0","endpoint":"https://10.0.1.149:443","time":"2026-01-31T11:00:00Z","core":{"value":{"name":"","preferred":"v1","versions":[{"name":"v1","freshness":"Current","resources":{"value":[{"name":"pods","singular":"pod","kind":"Pod","scope":"Namespaced","verbs":["get"],"short_names":["po"],"categories":[],"subresources":[{"name":"log","kind":"Pod","verbs":["get"]}]}]}}]}},"confirmed":{"value":true},"groups":{"failure":{"code":"forbidden","message":"no"}},"server_addresses":{"value":["a"]},"version":{"value":{"git_version":"v1.36.3","major":"1","minor":"36","platform":""}}}`))
	f.Add([]byte(`{"format_version":"1.2","endpoint":"","time":"2026-01-31T11:00:00Z","fields":[{"group_version":"v1","kind":"Pod","path":"spec.x[].*","field":{"value":{"presence":"present","at":"","siblings":["a"],"type":"string","enum":[],"required":false,"enum_rules":[{"keyword":"pattern","at":"spec.x[].*"}],"required_rules":[]}}},{"group_version":"v1","kind":"Pod","path":"spec.y","field":{"value":{"presence":"present","at":"","siblings":[],"type":"","required":true}}},{"group_version":"v1","kind":"Pod","path":"spec","field":{"failure":{"code":"no-schema","message":"no"}}}]}`))
	f.Add([]byte(`{"apiVersion":"v1","kind":"Pod"}`))
	f.Add([]byte(`{"format_version":"2.0"}`))
	var b bytes.Buffer
	if err := record.Save(&b, withSchemas()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, src []byte) {
		var s *model.Snapshot
		var err error
		snapshottest.Allocates(t, src, func() { s, err = record.Load(bytes.NewReader(src)) })
		if err != nil {
			return
		}
		snapshottest.SavesTheSame(t, s)
	})
}
