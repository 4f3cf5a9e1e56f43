package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/transport"
)

// Apply creates or changes the objects of a manifest, as kubectl apply --server-side
// does, in a fraction of its time. It waits until a CustomResourceDefinition is
// established, because an API server that ends before may never establish it.
func (c *Cluster) Apply(ctx context.Context, manifest string) error {
	o, err := c.objects()
	if err != nil {
		return err
	}
	return o.each(manifest, "default", func(resource dynamic.ResourceInterface, object *unstructured.Unstructured) error {
		content, err := object.MarshalJSON()
		if err != nil {
			return err
		}
		options := metav1.PatchOptions{FieldManager: "kubectl", FieldValidation: metav1.FieldValidationStrict}
		_, err = resource.Patch(ctx, object.GetName(), types.ApplyPatchType, content, options)
		if err != nil || object.GetKind() != "CustomResourceDefinition" {
			return err
		}
		return waitUntilDecided(ctx, resource, object.GetName())
	})
}

// waitUntilDecided waits until a CustomResourceDefinition is established, or its names are
// refused.
func waitUntilDecided(ctx context.Context, definitions dynamic.ResourceInterface, name string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		stored, err := definitions.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		status, _ := stored.Object["status"].(map[string]any)
		conditions, _ := status["conditions"].([]any) // null at first
		for _, entry := range conditions {
			c, _ := entry.(map[string]any)
			if c["type"] == "Established" && c["status"] == "True" || c["type"] == "NamesAccepted" && c["status"] == "False" {
				return nil
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// DryRun lets the API server check the objects of a manifest, as if they were created
// in the namespace. Every unknown field and every warning is an error.
func (c *Cluster) DryRun(ctx context.Context, namespace, manifest string) error {
	o, err := c.objects()
	if err != nil {
		return err
	}
	err = o.each(manifest, namespace, func(resource dynamic.ResourceInterface, object *unstructured.Unstructured) error {
		options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldValidation: metav1.FieldValidationStrict}
		_, err := resource.Create(ctx, object, options)
		return err
	})
	return errors.Join(append(o.warnings, err)...)
}

// Read writes into object what kubectl get -o json shows of a resource, such as "pods"
// or "tasks.tekton.dev": the object of the name, or the list if name is empty.
func (c *Cluster) Read(ctx context.Context, namespace, resource, name string, object any) error {
	o, err := c.objects()
	if err != nil {
		return err
	}
	found, err := o.mapper.ResourceFor(schema.ParseGroupResource(resource).WithVersion(""))
	if err != nil {
		return err
	}
	client := o.client.Resource(found).Namespace(namespace)
	var content json.Marshaler
	if name == "" {
		content, err = client.List(ctx, metav1.ListOptions{})
	} else {
		content, err = client.Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return err
	}
	raw, err := content.MarshalJSON()
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, object)
}

// Token requests a token of a ServiceAccount, for an hour.
func (c *Cluster) Token(ctx context.Context, namespace, account string) (string, error) {
	return c.TokenWith(ctx, namespace, account, authenticationv1.TokenRequestSpec{})
}

// TokenWith requests a token of a ServiceAccount, as the kubelet does.
func (c *Cluster) TokenWith(ctx context.Context, namespace, account string, spec authenticationv1.TokenRequestSpec) (string, error) {
	body, err := json.Marshal(authenticationv1.TokenRequest{Spec: spec})
	if err != nil {
		return "", err
	}
	path := "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account + "/token"
	status, content, err := c.Ask(ctx, http.MethodPost, path, "", string(body))
	if err != nil {
		return "", err
	}
	if status != http.StatusCreated {
		return "", fmt.Errorf("POST %s: status %d: %s", path, status, content)
	}
	var made authenticationv1.TokenRequest
	err = json.Unmarshal(content, &made)
	return made.Status.Token, err
}

// objects reads and writes objects of any kind as an administrator. What the server
// serves is asked once, and again if a kind is not found.
type objects struct {
	client   dynamic.Interface
	mapper   meta.RESTMapper
	warnings []error
}

func (c *Cluster) objects() (*objects, error) {
	o := &objects{}
	config := &rest.Config{Host: c.URL(), QPS: -1, WarningHandler: o}
	client := &http.Client{Transport: transport.NewBearerAuthRoundTripper(c.adminToken, c.client.Load().Transport)}
	asks, err := discovery.NewDiscoveryClientForConfigAndClient(config, client)
	if err != nil {
		return nil, err
	}
	o.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(asks))
	o.client, err = dynamic.NewForConfigAndClient(config, client)
	return o, err
}

// HandleWarningHeader implements [rest.WarningHandler].
func (o *objects) HandleWarningHeader(_ int, _, text string) {
	o.warnings = append(o.warnings, errors.New("warning: "+text))
}

// each calls do with each object of a manifest, and the client of its resource.
func (o *objects) each(manifest, namespace string, do func(dynamic.ResourceInterface, *unstructured.Unstructured) error) error {
	for documents := yaml.NewYAMLOrJSONDecoder(strings.NewReader(manifest), 4096); ; {
		document := unstructured.Unstructured{}
		if err := documents.Decode(&document.Object); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var err error
		switch {
		case document.Object == nil:
		case document.IsList():
			err = document.EachListItem(func(item runtime.Object) error { return o.one(item.(*unstructured.Unstructured), namespace, do) })
		default:
			err = o.one(&document, namespace, do)
		}
		if err != nil {
			return err
		}
	}
}

func (o *objects) one(object *unstructured.Unstructured, namespace string, do func(dynamic.ResourceInterface, *unstructured.Unstructured) error) error {
	kind := object.GroupVersionKind()
	mapping, err := o.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	var resource dynamic.ResourceInterface = o.client.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		if object.GetNamespace() == "" {
			object.SetNamespace(namespace)
		}
		resource = o.client.Resource(mapping.Resource).Namespace(object.GetNamespace())
	}
	if err := do(resource, object); err != nil {
		return fmt.Errorf("%s %s: %w", kind.Kind, object.GetName(), err)
	}
	return nil
}
