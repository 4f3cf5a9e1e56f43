package explanation

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/kreconcile/kreconcile/internal/explain"
	"github.com/kreconcile/kreconcile/internal/view/safe"
	"github.com/kreconcile/kreconcile/kubeapi"
)

// formatVersion is the version of the document. The minor number rises if something is added.
const formatVersion = "1.0"

// JSON writes an answer as one document, which docs/json.md describes.
func JSON(w io.Writer, a *explain.Answer) error {
	doc := document{FormatVersion: formatVersion, Releases: releases{a.Oldest.String(), a.Newest.String()}, API: orNull(a.API)}
	for i := range a.Kinds {
		doc.Kinds = append(doc.Kinds, newKind(a, &a.Kinds[i]))
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, safe.Seal(b.String(), safe.Document))
	return err
}

type document struct {
	FormatVersion string   `json:"format_version"`
	Releases      releases `json:"releases"`
	API           *string  `json:"api"`
	Kinds         []kind   `json:"kinds"`
}

type releases struct {
	Oldest string `json:"oldest"`
	Newest string `json:"newest"`
}

type kind struct {
	APIVersion string `json:"api_version"`
	Kind       string `json:"kind"`
	span
	OnBoard     bool         `json:"published"`
	Deprecated  *string      `json:"deprecated"`
	Removed     *string      `json:"removed"`
	Replacement *replacement `json:"replacement"`
	Resource    *resource    `json:"resource"`
	Fields      []field      `json:"fields"`
	Field       *askedField  `json:"field"`
	Satisfied   []string     `json:"satisfied"`
	KubeVersion *string      `json:"kube_version"`
}

type span struct {
	Since          *string `json:"since"`
	SinceOrEarlier bool    `json:"since_or_earlier"`
	Until          *string `json:"until"`
}

type replacement struct {
	APIVersion string `json:"api_version"`
	Kind       string `json:"kind"`
}

type resource struct {
	Name         string        `json:"name"`
	Singular     *string       `json:"singular"`
	ShortNames   []string      `json:"short_names"`
	Categories   []string      `json:"categories"`
	Scope        kubeapi.Scope `json:"scope"`
	Verbs        []string      `json:"verbs"`
	Serving      []period      `json:"serving"`
	Subresources []subresource `json:"subresources"`
	Changes      []change      `json:"changes"`
}

type subresource struct {
	Name  string   `json:"name"`
	Kind  string   `json:"kind"`
	Verbs []string `json:"verbs"`
	span
	Serving []period `json:"serving"`
}

type period struct {
	From          string   `json:"from"`
	To            string   `json:"to"`
	Default       bool     `json:"default"`
	RuntimeConfig *string  `json:"runtime_config"`
	FeatureGates  []string `json:"feature_gates"`
}

type field struct {
	Path     string `json:"path"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
	span
	Changes []change `json:"changes"`
}

// askedField is the field of the question, with its own fields.
type askedField struct {
	field
	Fields []field `json:"fields"`
}

type change struct {
	Release string `json:"release"`
	Facet   string `json:"facet"`
	Before  string `json:"before"`
	After   string `json:"after"`
}

func newKind(a *explain.Answer, k *explain.Kind) kind {
	j := kind{
		APIVersion: k.GroupVersion.String(), Kind: k.Name, span: newSpan(k.Span), OnBoard: k.From.Major != 0,
		Deprecated: version(k.Life.Deprecated), Removed: version(k.Life.Removed),
		Fields: each(k.Fields, newField), Satisfied: each(k.Satisfied, kubeapi.Version.String), KubeVersion: orNull(a.KubeVersion(k)),
	}
	if k.Life.ReplacementKind != "" {
		j.Replacement = &replacement{k.Life.Replacement.String(), k.Life.ReplacementKind}
	}
	if f := k.Field; f != nil {
		j.Field = &askedField{newField(*f), each(f.Fields, newField)}
	}
	if k.Resource != "" {
		j.Resource = &resource{
			Name: k.Resource, Singular: orNull(k.Singular), ShortNames: each(k.ShortNames, same), Categories: each(k.Categories, same),
			Scope: k.Scope, Verbs: each(k.Verbs, same), Serving: each(k.Serving, newPeriod),
			Subresources: each(k.Subresources, newSubresource), Changes: each(k.Changes, newChange),
		}
	}
	return j
}

func newSpan(s explain.Span) span {
	return span{Since: version(s.Since), SinceOrEarlier: s.OrEarlier, Until: version(s.Until)}
}

func newSubresource(s explain.Subresource) subresource {
	return subresource{s.Name, s.Kind, each(s.Verbs, same), newSpan(s.Span), each(s.Serving, newPeriod)}
}

func newPeriod(p explain.Period) period {
	return period{p.From.String(), p.To.String(), p.Default, orNull(p.Switch.RuntimeConfig), each(p.Switch.FeatureGates, same)}
}

func newField(f explain.Field) field {
	return field{f.Path, f.Type, f.Required, newSpan(f.Span), each(f.Changes, newChange)}
}

func newChange(c explain.Change) change {
	return change{c.Release.String(), c.Facet, c.Before, c.After}
}

// each converts a list. An empty list is [], not null.
func each[T, J any](list []T, convert func(T) J) []J {
	converted := make([]J, 0, len(list))
	for _, item := range list {
		converted = append(converted, convert(item))
	}
	return converted
}

func same(s string) string { return s }

func version(v kubeapi.Version) *string {
	if v.Major == 0 {
		return nil
	}
	s := v.String()
	return &s
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
