package view

import (
	"io"

	"github.com/kreconcile/kreconcile/internal/explain"
	"github.com/kreconcile/kreconcile/internal/view/explanation"
	"github.com/kreconcile/kreconcile/internal/view/safe"
)

// ExplainText writes an answer of explain for people.
func ExplainText(w io.Writer, a *explain.Answer, o Options) error {
	return explanation.Text(w, a, safe.Style(o.Color))
}

// ExplainJSON writes an answer of explain as one document.
func ExplainJSON(w io.Writer, a *explain.Answer, _ Options) error { return explanation.JSON(w, a) }
