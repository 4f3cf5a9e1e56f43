package model

// leftOut is in place of what could say which cluster a snapshot is of.
const leftOut = "left out by snapshot --redact"

// Redact leaves out what says which cluster the snapshot is of: addresses, and all texts that the
// server wrote for people, as these may have addresses and names of users. What is known and
// what is not stays the same; only the server's addresses are not known any more.
func (s *Snapshot) Redact() {
	s.Endpoint = ""
	s.ServerAddresses = Failed[[]string](&Failure{Code: NotRecorded, Message: leftOut})
	redact(&s.Core)
	redact(&s.Named)
	redact(&s.Confirmed)
	redact(&s.Version)
	for _, versions := range append([][]Version{s.Core.Value.Versions}, versionsOf(s.Named.Value)...) {
		for i := range versions {
			redact(&versions[i].Resources)
		}
	}
	redactAll(s.Fields)
	redactAll(s.Schemas)
	redactAll(s.Available)
	redactAll(s.Reviews)
	for q, answer := range s.Reviews {
		if answer.Value.Reason != "" {
			answer.Value.Reason = leftOut
		}
		if answer.Value.EvaluationError != "" {
			answer.Value.EvaluationError = leftOut
		}
		s.Reviews[q] = answer
	}
}

func versionsOf(groups []Group) [][]Version {
	var all [][]Version
	for _, g := range groups {
		all = append(all, g.Versions)
	}
	return all
}

func redact[T any](fact *Fact[T]) {
	if fact.Failure != nil {
		fact.Failure = &Failure{Code: fact.Failure.Code, Message: string(fact.Failure.Code) + ": " + leftOut}
	}
}

func redactAll[K comparable, T any](facts map[K]Fact[T]) {
	for q, fact := range facts {
		redact(&fact)
		facts[q] = fact
	}
}
