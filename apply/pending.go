package apply

import (
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// pending judges permissions and asserts, which no snapshot records.
func (j *judge) pending(d *config.Declaration) {
	put := func(r config.Requirement) {
		if !r.Enabled {
			j.put(skipped(r))
			return
		}
		j.put(undetermined(r, &discovery.Failure{Code: discovery.NotRecorded, Message: "the snapshot does not record it"}))
	}
	for _, permission := range d.Permissions {
		for _, review := range permission.Reviews {
			put(review.Requirement)
		}
	}
	for _, check := range d.Checks {
		for _, assert := range check.Asserts {
			put(assert.Requirement)
		}
	}
}
