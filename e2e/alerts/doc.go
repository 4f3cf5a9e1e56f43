// Package alerts has the tests of deploy/prometheus-rules.yaml. They use the rule
// engine of Prometheus, which needs other module versions than the other end-to-end
// tests.
package alerts
