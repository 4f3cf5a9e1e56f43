// Package alerts has the tests of the alerts and the dashboard in deploy/. They use the rule
// engine and the parsers of Prometheus, which need other module versions than the other
// end-to-end tests.
package alerts
