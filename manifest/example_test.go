package manifest_test

import (
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/manifest"
)

func ExampleObjects() {
	rendered := `---
# Source: web/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web
---
kind: {{ .Values.kind }}
---
apiVersion: v1
kind: List
items:
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2}}
`
	for o, err := range manifest.Objects("web.yaml", strings.NewReader(rendered)) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(o.Line, o.APIVersion, o.Kind, o.Name)
	}
	// Output:
	// 3 v1 Service web
	// web.yaml:8: document 2: a key cannot be a map; a template of a chart has to be rendered by helm template
	// 13 apps/v1 Deployment web
}

func ExampleCRDs() {
	const crd = `{
		"apiVersion": "apiextensions.k8s.io/v1",
		"kind": "CustomResourceDefinition",
		"metadata": {"name": "gadgets.example.com"},
		"spec": {
			"group": "example.com",
			"scope": "Cluster",
			"names": {"plural": "gadgets", "kind": "Gadget"},
			"versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}]
		}
	}`
	crds := &manifest.CRDs{}
	if _, err := crds.Read("gadgets.json", strings.NewReader(crd)); err != nil || len(crds.Errors()) > 0 {
		fmt.Println(err, crds.Errors())
		return
	}
	s := newest() // or what another snapshot has
	crds.Lay(s)
	g, _ := s.Group("example.com")
	fmt.Println(g.Preferred, g.Versions[0].Resources.Value[0].Kind)
	// Output: v1 Gadget
}
