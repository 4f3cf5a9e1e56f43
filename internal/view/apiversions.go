package view

import (
	"io"

	"github.com/kreconcile/kreconcile/discovery"
	"github.com/kreconcile/kreconcile/internal/report"
	"github.com/kreconcile/kreconcile/internal/view/console"
	"github.com/kreconcile/kreconcile/internal/view/document"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// APIVersionFormats lists the formats of api-versions.
func APIVersionFormats() []Format {
	return []Format{
		{Name: "lines", For: "a list, as kubectl api-versions writes it", Ending: "txt", form: safe.Plain, APIVersions: APIVersionLines},
		{Name: "json", For: "programs", Ending: "json", form: safe.Document, APIVersions: APIVersionJSON},
		{Name: "helm", For: "the arguments of helm template", Ending: "txt", form: safe.Plain, APIVersions: APIVersionHelm},
	}
}

// APIVersionLines writes the group versions, one a line.
func APIVersionLines(w io.Writer, a *report.APIVersions) error {
	p := console.New(w, false)
	for _, v := range a.List {
		p.Line(safe.Line(v.GroupVersion.String()))
	}
	return p.Err
}

// APIVersionHelm writes the arguments that give helm template the .Capabilities of the cluster,
// one flag a line. Words that are no arguments are left out; the diagnostics name them.
func APIVersionHelm(w io.Writer, a *report.APIVersions) error {
	p := console.New(w, false)
	if a.KubeVersion != "" && report.Argument(a.KubeVersion) {
		p.Line("--kube-version " + a.KubeVersion)
	}
	for _, v := range a.List {
		words := []string{v.GroupVersion.String()}
		for _, kind := range v.Kinds {
			words = append(words, words[0]+"/"+kind)
		}
		for _, word := range words {
			if report.Argument(word) {
				p.Line("--api-versions " + word)
			}
		}
	}
	return p.Err
}

// apiVersionsFormatVersion is the version of api-versions' document.
const apiVersionsFormatVersion = "1.0"

// APIVersionJSON writes the group versions with their kinds as one document, which docs/json.md
// describes.
func APIVersionJSON(w io.Writer, a *report.APIVersions) error {
	type version struct {
		GroupVersion string   `json:"group_version"`
		Kinds        []string `json:"kinds"`
		// Code and Message say why the kinds are not known.
		Code    *discovery.FailureCode `json:"code"`
		Message *string                `json:"message"`
	}
	doc := struct {
		FormatVersion string                `json:"format_version"`
		ExitCode      int                   `json:"exit_code"`
		Target        *document.Origin      `json:"target"`
		KubeVersion   *string               `json:"kubernetes_version"`
		GroupVersions []version             `json:"group_versions"`
		Diagnostics   []document.Diagnostic `json:"diagnostics"`
	}{
		apiVersionsFormatVersion, a.ExitCode, document.NewOrigin(a.Origin), document.OrNull(a.KubeVersion),
		[]version{}, // must not be nil
		document.Diagnostics(a.Diagnostics, nil, nil),
	}
	for _, v := range a.List {
		item := version{GroupVersion: v.GroupVersion.String(), Kinds: append([]string{}, v.Kinds...)}
		if v.Failure != nil {
			item.Kinds, item.Code, item.Message = nil, &v.Failure.Code, &v.Failure.Message
		}
		doc.GroupVersions = append(doc.GroupVersions, item)
	}
	return document.Write(w, doc)
}
