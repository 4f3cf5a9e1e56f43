package e2e

import (
	"strings"
	"testing"
)

// gadgets is an API that an Application brings itself, and gadget an object of it.
const (
	gadgets = `
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: GROUP
  annotations: {argocd.argoproj.io/sync-wave: "-3"}
spec:
  group: NAMESPACE.example.com
  scope: Namespaced
  names: {plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
`
	gadget = `
---
apiVersion: NAMESPACE.example.com/v1
kind: Gadget
metadata: {name: first}
`
)

// own replaces the group of the constants by one of the namespace.
func (a *argoCD) own(manifests string) string {
	return strings.NewReplacer("GROUP", "gadgets."+a.namespace+".example.com", "NAMESPACE", a.namespace).Replace(manifests)
}

// requiring adds an API to the declaration in a file of deploy/.
func requiring(t *testing.T, manifests, api string) string {
	t.Helper()
	return change(t, manifests, `api "apps/v1"`, "api \""+api+"\" {}\n      api \"apps/v1\"")
}

// expectGadget checks whether the custom resource exists.
func (a *argoCD) expectGadget(t *testing.T, want bool) {
	t.Helper()
	if a.kubectl(t, "", "get", a.own("crd/GROUP"), "--ignore-not-found", "-o", "name") == "" {
		if want {
			t.Error("there is no API of the custom resource")
		}
		return
	}
	a.expectThere(t, map[string]bool{a.own("GROUP/first"): want})
}

// TestArgoCDSyncWave syncs deploy/argocd-sync-wave.yaml between CRDs and custom
// resources.
func TestArgoCDSyncWave(t *testing.T) {
	t.Parallel()
	a := newArgoCD(t, "argocd-wave")
	manifests := quick(t, "argocd-sync-wave.yaml")
	// A new API is not served at once. This check waits for it, as the file says.
	patient := requiring(t, deployFile(t, "argocd-sync-wave.yaml")+shopManifest, a.own("NAMESPACE.example.com/v1")) + a.own(gadgets+gadget)

	t.Run("drift stops the waves after it", func(t *testing.T) {
		a.expect(t, drift(t, manifests), "Failed", "OutOfSync", failed, "--automatic")
		a.expectThere(t, map[string]bool{"configmap/shop": false, "configmap/kreconcile-sync": true})
	})
	t.Run("CRDs of the same sync are there before the check", func(t *testing.T) {
		a.expect(t, patient, "Succeeded", "Synced", passed, "--automatic")
		a.expectGadget(t, true)
		a.expectVersion(t, "1")
	})
	t.Run("a changed declaration alone is checked", func(t *testing.T) {
		changed := change(t, patient, ">= 1.30", ">= 1.31")
		a.expect(t, changed, "", "OutOfSync", none, "--compare")
		a.expect(t, changed, "Succeeded", "Synced", passed, "--automatic")
	})
	t.Run("each sync checks", func(t *testing.T) {
		changed := next(t, patient)
		a.expect(t, changed, "Succeeded", "Synced", passed, "--automatic", "--option", "ApplyOutOfSyncOnly=true")
		a.expectVersion(t, "2")
	})
	t.Run("a declaration that fails by itself is Synced all the same", func(t *testing.T) {
		a.expect(t, manifests+a.own(gadgets+gadget), "Succeeded", "Synced", passed)
		a.expect(t, drift(t, manifests)+a.own(gadgets+gadget), "Failed", "Synced", failed)
	})
	t.Run("a sync of selected objects checks nothing", func(t *testing.T) {
		a.expect(t, next(t, manifests), "Succeeded", "OutOfSync", none, "--resources", "ConfigMap/shop")
		a.expectVersion(t, "2")
	})
}

// TestArgoCDOwnCRDs shows what a check needs if its own sync brings the CRDs.
func TestArgoCDOwnCRDs(t *testing.T) {
	t.Parallel()
	a := newArgoCD(t, "argocd-crds")
	api := a.own("NAMESPACE.example.com/v1")

	t.Run("PreSync keeps them from being applied", func(t *testing.T) {
		for range 2 {
			a.expect(t, requiring(t, quick(t, "argocd-presync.yaml"), api)+a.own(gadgets+gadget), "Failed", "OutOfSync", failed)
			a.expectGadget(t, false)
			a.expectThere(t, map[string]bool{a.own("crd/GROUP"): false})
		}
	})
	t.Run("so does a wave behind the check", func(t *testing.T) {
		late := strings.Replace(gadgets, `sync-wave: "-3"`, `sync-wave: "0"`, 1)
		a.expect(t, requiring(t, quick(t, "argocd-sync-wave.yaml"), api)+a.own(late+gadget), "Failed", "OutOfSync", failed)
		a.expectThere(t, map[string]bool{a.own("crd/GROUP"): false})
	})
	t.Run("an unknown kind fails before any hook", func(t *testing.T) {
		s := a.expect(t, quick(t, "argocd-presync.yaml")+a.own(gadget), "Failed", "OutOfSync", none)
		if !strings.Contains(s.Message, "one or more synchronization tasks are not valid") {
			t.Error(s.Message)
		}
	})
	t.Run("unless the object is annotated", func(t *testing.T) {
		annotated := gadget + "  annotations: {argocd.argoproj.io/sync-options: SkipDryRunOnMissingResource=true}\n"
		annotated = strings.Replace(annotated, "metadata: {name: first}\n", "metadata:\n  name: first\n", 1)
		a.expect(t, requiring(t, quick(t, "argocd-presync.yaml"), api)+a.own(annotated), "Failed", "OutOfSync", failed)
	})
}
