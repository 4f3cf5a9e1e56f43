package discovery

import "github.com/kreconcile/kreconcile/internal/parallel"

// askEach asks for each key, at most atOnce at once, and gives the answers.
func askEach[K comparable, T any](atOnce int, keys []K, ask func(K) T) map[K]T {
	list := make([]T, len(keys))
	parallel.Each(atOnce, len(keys), func(i int) { list[i] = ask(keys[i]) })
	answers := make(map[K]T, len(keys))
	for i, key := range keys {
		answers[key] = list[i]
	}
	return answers
}
