package apitest

import "crypto/x509"

// Option changes a new [Server].
type Option func(*options)

type options struct {
	token     string
	authority *Authority
	adjust    []func(*x509.Certificate)
	http1     bool
	plaintext bool
	behind    string
	// core and named are the forms of GET /api and GET /apis, the best first.
	core, named []Form
}

func defaults() options {
	all := []Form{V2, V2Beta1, Plain}
	return options{core: all, named: all}
}

// Form is a form of the discovery documents.
type Form string

// The forms.
const (
	V2      Form = "v2"
	V2Beta1 Form = "v2beta1"
	// Plain has the resources in one document for each group version.
	Plain Form = "plain"
)

// Token makes the server answer 401 to a request without this bearer token.
func Token(token string) Option { return func(o *options) { o.token = token } }

// Names sets the names and addresses in the server's certificate. The default is
// 127.0.0.1, ::1 and localhost.
func Names(names ...string) Option { return Certificate(For(names...)) }

// Certificate changes the server's certificate before it is signed.
func Certificate(adjust ...func(*x509.Certificate)) Option {
	return func(o *options) { o.adjust = append(o.adjust, adjust...) }
}

// SignedBy makes the authority sign the server's certificate. By default, a server
// has its own authority.
func SignedBy(a *Authority) Option { return func(o *options) { o.authority = a } }

// HTTP1 switches HTTP/2 off.
func HTTP1() Option { return func(o *options) { o.http1 = true } }

// Plaintext serves http instead of https, as kubectl proxy does.
func Plaintext() Option { return func(o *options) { o.plaintext = true } }

// Behind serves the API under a path, such as /k8s/clusters/c-1 in Rancher. Other
// paths are not the API. [Request.Path] omits the path.
func Behind(path string) Option { return func(o *options) { o.behind = path } }

// Forms sets the forms of both documents: older servers have fewer. The default is
// [V2], [V2Beta1] and [Plain].
func Forms(forms ...Form) Option { return func(o *options) { o.core, o.named = forms, forms } }

// CoreForms sets the forms of GET /api.
func CoreForms(forms ...Form) Option { return func(o *options) { o.core = forms } }

// NamedForms sets the forms of GET /apis.
func NamedForms(forms ...Form) Option { return func(o *options) { o.named = forms } }
