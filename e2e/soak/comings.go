package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

// comeAndGo creates and deletes one custom resource definition, again and again.
func (d *disturber) comeAndGo(ctx context.Context, name string) error {
	for present := true; ; present = !present {
		pause(ctx, 500*time.Millisecond, 4*time.Second)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d.truth.unsettle(name)
		change, count := func() error { return d.create(ctx, name) }, &d.created
		if !present {
			change, count = func() error { return d.remove(ctx, definitions+"/"+name) }, &d.deleted
		}
		if err := persist(ctx, change); err != nil {
			return err
		}
		if err := persist(ctx, func() error {
			d.calm.RLock()
			defer d.calm.RUnlock()
			return d.observe(ctx, name, present)
		}); err != nil {
			return err
		}
		d.truth.settle(name, present)
		count.Add(1)
	}
}

func (d *disturber) create(ctx context.Context, name string) error {
	plural, group, _ := strings.Cut(name, ".")
	_, err := d.post(ctx, definitions, fmt.Sprintf(`{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": %q},
		"spec": {
			"group": %q, "scope": "Namespaced", "names": {"plural": %q, "kind": %q},
			"versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
				"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}}}}
			}}}]
		}}`, name, group, plural, "Kind"+plural))
	return err
}

// observe returns an error until every document of the server says that a custom
// resource is served, or is not.
func (d *disturber) observe(ctx context.Context, name string, present bool) error {
	plural, group, _ := strings.Cut(name, ".")
	const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	listed, err := d.lists(ctx, "/apis", aggregated, group, plural)
	if err != nil {
		return err
	}
	status, content, err := d.cluster.Ask(ctx, http.MethodGet, "/apis/"+group+"/v1", "", "")
	if err != nil {
		return err
	}
	direct := status == http.StatusOK && strings.Contains(string(content), `"name":"`+plural+`"`)
	status, content, err = d.cluster.Ask(ctx, http.MethodGet, "/openapi/v3/apis/"+group+"/v1", "", "")
	if err != nil {
		return err
	}
	described := status == http.StatusOK && strings.Contains(string(content), "/"+plural+"/{name}")
	status, _, err = d.cluster.Ask(ctx, http.MethodGet, definitions+"/"+name, "", "")
	if err != nil {
		return err
	}
	defined := status == http.StatusOK
	// A schema that remains without its resource misleads nobody.
	if listed != present || direct != present || defined != present || present && !described {
		return fmt.Errorf("%s is to be served: %t; /apis lists it: %t, its group: %t, OpenAPI describes it: %t, it is defined: %t",
			name, present, listed, direct, described, defined)
	}
	return nil
}

// lists reports whether an aggregated discovery document has a resource in v1.
func (d *disturber) lists(ctx context.Context, path, accept, group, plural string) (bool, error) {
	status, content, err := d.cluster.Ask(ctx, http.MethodGet, path, accept, "")
	if err != nil {
		return false, err
	}
	if status != http.StatusOK {
		return false, fmt.Errorf("GET %s: %d: %s", path, status, content)
	}
	var document struct {
		Kind  string
		Items []struct {
			Metadata struct{ Name string }
			Versions []struct {
				Version, Freshness string
				Resources          []struct{ Resource string }
			}
		}
	}
	if err := json.Unmarshal(content, &document); err != nil {
		return false, err
	}
	if document.Kind != "APIGroupDiscoveryList" {
		return false, errors.New("GET " + path + " is not aggregated")
	}
	for _, g := range document.Items {
		for _, v := range g.Versions {
			if g.Metadata.Name == group && v.Version == "v1" {
				if v.Freshness != "Current" {
					return false, fmt.Errorf("%s/v1 is %s", group, v.Freshness)
				}
				return slices.ContainsFunc(v.Resources, func(r struct{ Resource string }) bool { return r.Resource == plural }), nil
			}
		}
	}
	return false, nil
}
