// Package gate lets a Go program wait until a Kubernetes cluster serves what the
// program requires, such as an operator that must not start before its APIs are there.
//
// [Check] asks the API server for what a declaration needs and judges the answers, as
// the command kreconcile apply does, once or until they are as declared:
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
//		return err // an API is not there, or it could not be determined
//	}
//
// Any other [net/http.Client] that has credentials for the server does as well, with the
// server's base URL.
//
// The package prints nothing, reads no file and no environment, changes nothing in the
// cluster and never ends the process. It does not watch: an answer is of the moment in
// which the cluster was asked.
package gate
