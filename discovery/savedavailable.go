package discovery

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kreconcile/kreconcile/kubeapi"
)

func (e *encoder) available(answers map[kubeapi.GroupVersion]Fact[struct{}]) {
	if len(answers) == 0 {
		return
	}
	e.token(jsontext.String("available"))
	asked := slices.SortedFunc(maps.Keys(answers), func(a, b kubeapi.GroupVersion) int {
		return strings.Compare(a.String(), b.String())
	})
	list(e, asked, func(gv *kubeapi.GroupVersion) {
		e.object(func() {
			e.text("group_version", gv.String())
			saveFact(e, "available", answers[*gv], func(struct{}) { e.token(jsontext.True) })
		})
	})
}

// savedTrue reads the value of a fact that is true or not known.
func (w *walker) savedTrue() (none struct{}) {
	if b := w.boolean(); w.err == nil && (b == nil || !*b) {
		w.failf("the value is something else than true")
	}
	return none
}

func (w *walker) savedAvailable() map[kubeapi.GroupVersion]Fact[struct{}] {
	answers := map[kubeapi.GroupVersion]Fact[struct{}]{}
	for range w.elements() {
		w.take(&w.limits.texts, "group versions")
		var gv kubeapi.GroupVersion
		var fact Fact[struct{}]
		for name := range w.strict([]string{"group_version", "available"}) {
			switch name {
			case "group_version":
				var err error
				if gv, err = kubeapi.ParseGroupVersion(w.text()); err != nil && w.err == nil {
					w.failf("%v", err)
				}
			case "available":
				fact = loadFact(w, w.savedTrue)
			}
		}
		if _, found := answers[gv]; found && w.err == nil {
			w.failf("the group version %s is there twice", quote(gv.String()))
		}
		answers[gv] = fact
	}
	return answers
}
