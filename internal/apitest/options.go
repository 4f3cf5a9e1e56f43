package apitest

import "crypto/x509"

// Option sets up a [Server].
type Option func(*options)

type options struct {
	token     string
	authority *Authority
	adjust    []func(*x509.Certificate)
	http1     bool
	plaintext bool
	behind    string
	// forms are those that GET /api and GET /apis have, best first.
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

// Token makes the server answer 401 to a request without that bearer token.
func Token(token string) Option { return func(o *options) { o.token = token } }

// Names are the names and addresses in the server's certificate. They are
// 127.0.0.1, ::1 and localhost otherwise.
func Names(names ...string) Option { return Certificate(For(names...)) }

// Certificate changes the server's certificate before it is signed.
func Certificate(adjust ...func(*x509.Certificate)) Option {
	return func(o *options) { o.adjust = append(o.adjust, adjust...) }
}

// SignedBy makes the authority sign the server's certificate. A server has one of
// its own otherwise.
func SignedBy(a *Authority) Option { return func(o *options) { o.authority = a } }

// HTTP1 switches HTTP/2 off.
func HTTP1() Option { return func(o *options) { o.http1 = true } }

// Plaintext serves http instead of https, as kubectl proxy does.
func Plaintext() Option { return func(o *options) { o.plaintext = true } }

// Behind serves the API below a path, such as /k8s/clusters/c-1, as Rancher does. Beside
// it is what is no API. [Request.Path] is without it.
func Behind(path string) Option { return func(o *options) { o.behind = path } }

// Forms are those that the server has for both documents, as an older one has
// fewer. It has [V2], [V2Beta1] and [Plain] otherwise.
func Forms(forms ...Form) Option { return func(o *options) { o.core, o.named = forms, forms } }

// CoreForms are those that the server has for GET /api.
func CoreForms(forms ...Form) Option { return func(o *options) { o.core = forms } }

// NamedForms are those that the server has for GET /apis.
func NamedForms(forms ...Form) Option { return func(o *options) { o.named = forms } }
