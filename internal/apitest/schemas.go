package apitest

import (
	"crypto/sha512"
	"fmt"
	"net/http"
	"strings"
)

// Schemas are OpenAPI documents by their names in the index, such as "apis/apps/v1"
// and "api/v1".
type Schemas map[string]string

// OpenAPI returns an OpenAPI document with these members of components.schemas.
func OpenAPI(schemas ...string) string {
	return `{"openapi":"3.0.0","info":{"title":"Kubernetes","version":"v1.36.3"},"paths":{},"components":{"schemas":{` +
		strings.Join(schemas, ",") + "}}}\n"
}

// KindSchema returns a member for [OpenAPI]: the schema of a kind, whose members are
// given without braces.
func KindSchema(group, version, kind, schema string) string {
	return fmt.Sprintf(`"test.%s.%s.%s":{%s,"x-kubernetes-group-version-kind":[{"group":%[1]q,"version":%[2]q,"kind":%[3]q}]}`,
		group, version, kind, schema)
}

// SchemaIndex returns the document of GET /openapi/v3.
func SchemaIndex(schemas Schemas) []byte {
	type entry struct {
		URL string `json:"serverRelativeURL"`
	}
	index := struct {
		Paths map[string]entry `json:"paths"`
	}{map[string]entry{}}
	for name, document := range schemas {
		index.Paths[name] = entry{schemaURL(name, document)}
	}
	return encode(index)
}

func schemaURL(name, document string) string {
	return "/openapi/v3/" + name + "?hash=" + hash(document)
}

func hash(document string) string { return fmt.Sprintf("%X", sha512.Sum512([]byte(document))) }

// serveSchemas answers GET /openapi/v3/NAME. In an API server, the part with the
// index passes on a request for a name in the index, and the part with the document
// redirects if the hash is not the current one.
//
// Source:
// https://github.com/kubernetes/kube-openapi/blob/master/pkg/handler3/handler.go
func serveSchemas(w http.ResponseWriter, r *http.Request, schemas, index Schemas) {
	name := strings.TrimPrefix(r.URL.Path, "/openapi/v3/")
	if _, listed := index[name]; !listed {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	document, found := schemas[name]
	if !found {
		w.Header()["Content-Type"] = nil
		w.WriteHeader(http.StatusOK)
		return
	}
	tag := hash(document)
	w.Header().Set("ETag", `"`+tag+`"`)
	w.Header().Set("Vary", "Accept")
	switch asked := r.URL.Query().Get("hash"); {
	case asked != "" && asked != tag:
		http.Redirect(w, r, schemaURL(name, document), http.StatusMovedPermanently)
	case r.Header.Get("If-None-Match") == `"`+tag+`"`:
		w.WriteHeader(http.StatusNotModified)
	default:
		reply(w, "application/json", []byte(document))
	}
}
