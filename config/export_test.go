package config

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/kreconcile/kreconcile/config/internal/budget"
)

// ParseWithin is Parse with limits that a test chooses.
func ParseWithin(sources []Source, in Inputs, limits budget.Limits) (*Declaration, hcl.Diagnostics) {
	return parseWithin(sources, in, &limits)
}
