// Package gate lets a Go program wait until a Kubernetes cluster serves what it
// requires. An example is an operator that must not start before its APIs exist.
//
// [Check] asks the API server for what a declaration needs and judges the answers, as
// kreconcile apply does, once or until the cluster is as declared:
//
//	auth, err := inclusterauth.Load(inclusterauth.Options{})
//	if err != nil {
//		return err
//	}
//	declaration, diags := config.Parse(
//		[]config.Source{{Name: "requirements.hcl", Bytes: requirements}},
//		config.Inputs{PodNamespace: auth.Namespace()},
//	)
//	if diags.HasErrors() {
//		return diags
//	}
//	client := &discovery.Client{HTTP: auth.Client(), Base: auth.BaseURL(), Redact: auth.Redact}
//	if _, err := gate.Check(ctx, client, declaration, gate.Options{Wait: 5 * time.Minute}); err != nil {
//		return err // an API is missing, or it could not be determined
//	}
//
// Any other [net/http.Client] with credentials for the server works too, with the
// server's base URL.
//
// The package prints nothing, reads no file and no environment, changes nothing in
// the cluster and never ends the process. It does not watch: an answer is about the
// moment when the cluster was asked.
package gate
