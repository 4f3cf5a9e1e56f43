package apply_test

import (
	"fmt"
	"strings"

	"github.com/kreconcile/kreconcile/config"
)

// writer writes a declaration at random.
type writer struct {
	dice
	declared
	out   strings.Builder
	times map[string]int
	// facts counts the facts in a condition.
	facts int
}

func (w *writer) open(format string, args ...any) { fmt.Fprintf(&w.out, format+" {\n", args...) }
func (w *writer) close()                          { w.out.WriteString("}\n") }

func (w *writer) set(name, format string, args ...any) {
	fmt.Fprintf(&w.out, "%s = "+format+"\n", append([]any{name}, args...)...)
}

func (w *writer) list(name string, values []string) {
	if len(values) > 0 {
		w.set(name, "%s", hclList(values))
	}
}

func hclList(values []string) string { return `["` + strings.Join(values, `", "`) + `"]` }

// address numbers repeated addresses.
func (w *writer) address(format string, args ...any) string {
	address := fmt.Sprintf(format, args...)
	w.times[address]++
	if n := w.times[address]; n > 1 {
		return fmt.Sprintf("%s#%d", address, n)
	}
	return address
}

// begin writes enabled and severity, which are inherited unless they are set. Only
// severity can be set back.
func (w *writer) begin(r *common, parent common, address string) {
	w.inherit(r, parent, address)
	w.attributes(r)
}

func (w *writer) inherit(r *common, parent common, address string) {
	*r = parent
	if !r.enabled && r.off == "" {
		r.off = parent.address
	}
	r.address = address
	w.all = append(w.all, r)
}

func (w *writer) attributes(r *common) {
	if w.chance(4) {
		enabled := w.chance(50)
		w.set("enabled", "%t", enabled)
		r.enabled = r.enabled && enabled
	}
	if w.chance(25) {
		r.severity = config.Severities()[w.below(2)]
		w.set("severity", "%q", string(r.severity))
	}
}

// randomDeclaration writes a declaration, and records what it requires.
func randomDeclaration(d dice) *declared {
	w := &writer{dice: d, times: map[string]int{}}
	w.podNamespace = w.one("", "shop", "shop")
	top := common{enabled: true, severity: config.SeverityError}
	if w.chance(30) {
		w.clusterBlock(top)
	}
	for range w.below(4) {
		w.api(top)
	}
	for i := range w.below(3) {
		w.permission(top, fmt.Sprint("p", i))
	}
	for i := range w.below(3) {
		w.check(top, fmt.Sprint("c", i))
	}
	w.text = w.out.String()
	return &w.declared
}

func (w *writer) clusterBlock(top common) {
	w.open("cluster")
	// The attributes share their common part.
	w.attributes(&top)
	put := func(c requiredCluster) {
		c.common = top
		for name, set := range map[string]bool{"endpoint": c.endpoint != "", "server_address": c.addresses != nil, "kubernetes": c.kubernetes != nil} {
			if set {
				c.address = "cluster." + name
			}
		}
		w.cluster = append(w.cluster, &c)
		w.all = append(w.all, &c.common)
	}
	if w.chance(20) {
		endpoint := w.one(endpoints...)
		w.set("endpoint", "%q", endpoint)
		put(requiredCluster{endpoint: endpoint})
	}
	if w.chance(40) {
		addresses := w.some(published)
		w.list("server_address", addresses)
		if addresses != nil {
			put(requiredCluster{addresses: addresses})
		}
	}
	if w.chance(70) {
		r := versionRanges[w.below(len(versionRanges))]
		w.set("kubernetes", "%q", r.text)
		put(requiredCluster{kubernetes: &r})
	}
	w.close()
}

func (w *writer) api(top common) {
	a := &requiredAPI{gv: w.groupVersion(), served: !w.chance(8)}
	w.open("api %q", a.gv)
	w.begin(&a.common, top, w.address("api[%q]", a.gv))
	w.apis = append(w.apis, a)
	if !a.served {
		w.set("served", "false")
		w.close()
		return
	}
	if w.chance(25) {
		preferred := w.chance(70)
		a.preferred = &preferred
		w.set("preferred", "%t", preferred)
	}
	for range w.below(4) {
		w.resource(a)
	}
	w.close()
}

func (w *writer) resource(a *requiredAPI) {
	r := &requiredResource{name: w.one(resourceNames...), served: !w.chance(15)}
	if w.chance(15) {
		r.name += "/" + w.one(subresourceNames...)
	}
	alone := strings.Contains(r.name, "/")
	block, label := "resource", r.name
	if !alone && w.chance(40) {
		r.name, r.kind = "", w.one(kindNames...)
		block, label = "kind", r.kind
	}
	address := fmt.Sprintf("%s.%s[%q]", a.address, block, label)
	if w.times[address] > 0 {
		return // A block that is declared twice is an error.
	}
	w.open("%s %q", block, label)
	w.begin(&r.common, a.common, w.address("%s", address))
	a.resources = append(a.resources, r)
	if !r.served {
		w.set("served", "false")
		w.close()
		return
	}
	if r.name != "" && w.chance(30) {
		r.kind = w.one(kindNames...)
		w.set("kind", "%q", r.kind)
	}
	if !alone && w.chance(30) {
		r.scope = w.one("Cluster", "Namespaced")
		w.set("scope", "%q", r.scope)
	}
	if w.chance(40) {
		r.verbs = w.some(verbNames)
		w.list("verbs", r.verbs)
	}
	if alone {
		w.close()
		return
	}
	listed := w.some(subresourceNames)
	if w.chance(70) {
		listed = nil
	}
	w.list("subresources", listed)
	for _, name := range listed {
		s := &requiredSubresource{name: name, served: true}
		w.inherit(&s.common, r.common, w.address("%s.subresource[%q]", r.address, name))
		r.subresources = append(r.subresources, s)
	}
	for range w.below(3) {
		w.subresource(r)
	}
	for range w.below(3) {
		w.field(r)
	}
	w.close()
}

func (w *writer) subresource(r *requiredResource) {
	s := &requiredSubresource{name: w.one(subresourceNames...), served: !w.chance(20)}
	address := fmt.Sprintf("%s.subresource[%q]", r.address, s.name)
	if w.times[address] > 0 {
		return
	}
	w.open("subresource %q", s.name)
	w.begin(&s.common, r.common, w.address("%s", address))
	r.subresources = append(r.subresources, s)
	if !s.served {
		w.set("served", "false")
	} else {
		if w.chance(40) {
			s.kind = w.one(kindNames...)
			w.set("kind", "%q", s.kind)
		}
		if w.chance(40) {
			s.verbs = w.some(verbNames)
			w.list("verbs", s.verbs)
		}
	}
	w.close()
}

func (w *writer) field(r *requiredResource) {
	f := &requiredField{path: w.one(fieldPaths...), served: !w.chance(20)}
	address := fmt.Sprintf("%s.field[%q]", r.address, f.path)
	if w.times[address] > 0 {
		return
	}
	w.open("field %q", f.path)
	w.begin(&f.common, r.common, w.address("%s", address))
	r.fields = append(r.fields, f)
	if !f.served {
		w.set("served", "false")
	} else {
		if w.chance(40) {
			f.typ = w.one(fieldTypes...)
			w.set("type", "%q", f.typ)
		}
		if w.chance(40) && (f.typ == "" || f.typ == "string") {
			f.enum = w.some(enumValues)
			w.list("enum", f.enum)
		}
		if w.chance(30) && !strings.HasSuffix(f.path, "[]") {
			always := w.chance(50)
			f.always = &always
			w.set("required", "%t", always)
		}
	}
	w.close()
}

func (w *writer) permission(top common, name string) {
	w.open("permission %q", name)
	address := fmt.Sprintf("permission[%q]", name)
	w.attributes(&top)
	put := func(p requiredPermission, last string) {
		p.common = top
		p.address = fmt.Sprintf("%s.verb[%q].%s", address, p.verb, last)
		w.permissions = append(w.permissions, &p)
		w.all = append(w.all, &p.common)
	}
	if w.chance(15) {
		verbs := w.atLeastOne([]string{"get", "post", "*"})
		w.list("verbs", verbs)
		w.list("non_resource_urls", []string{"/metrics"})
		for _, verb := range verbs {
			put(requiredPermission{verb: verb, path: "/metrics"}, `non_resource_url["/metrics"]`)
		}
		w.close()
		return
	}
	verbs := w.atLeastOne([]string{"get", "create", "use", "*"})
	w.list("verbs", verbs)
	resources := w.atLeastOne(accessedResources)
	w.list("resources", resources)
	namespace := w.one("", "shop", "other", "*")
	if namespace != "" {
		w.set("namespace", "%q", namespace)
	}
	object := ""
	if w.chance(20) {
		object = "web"
		w.set("name", "%q", object)
	}
	virtual := w.chance(20)
	if virtual {
		w.set("virtual", "true")
	}
	for _, verb := range verbs {
		for _, resource := range resources {
			p := requiredPermission{verb: verb, resource: readAccessed(resource, namespace)}
			p.resource.object, p.resource.virtual = object, virtual
			put(p, fmt.Sprintf("resource[%q]", resource))
		}
	}
	w.close()
}

// readAccessed reads "deployments.apps/scale".
func readAccessed(text, namespace string) accessed {
	name, subresource, _ := strings.Cut(text, "/")
	resource, group, _ := strings.Cut(name, ".")
	return accessed{name: text, group: group, resource: resource, subresource: subresource, namespace: namespace}
}

func (w *writer) check(top common, name string) {
	w.open("check %q", name)
	w.attributes(&top)
	for range 1 + w.below(2) {
		w.facts = 0
		a := &requiredAssert{condition: w.condition(3)}
		w.open("assert")
		w.begin(&a.common, top, w.address("check[%q].assert", name))
		w.set("condition", "%s", a.condition)
		w.set("error_message", `"No."`)
		w.close()
		w.asserts = append(w.asserts, a)
	}
	w.close()
}
