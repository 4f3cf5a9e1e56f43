// Package alerts holds the tests of deploy/prometheus-rules.yaml. They run with the rule
// engine of Prometheus, which wants other modules than the other end-to-end tests.
package alerts
