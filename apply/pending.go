package apply

import (
	"github.com/kreconcile/kreconcile/config"
	"github.com/kreconcile/kreconcile/discovery"
)

// pending judges fields, which no snapshot records.
func (j *judge) pending(d *config.Declaration) {
	put := func(r config.Requirement) {
		if !r.Enabled {
			j.put(skipped(r))
			return
		}
		j.put(undetermined(r, &discovery.Failure{Code: discovery.NotRecorded, Message: "the snapshot does not record it"}))
	}
	for _, api := range d.APIs {
		for _, resource := range api.Resources {
			for _, field := range resource.Fields {
				put(field.Requirement)
			}
		}
	}
}
