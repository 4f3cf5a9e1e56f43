package inclusterauth

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
)

// subjectOf reads the subject of a certificate that package x509 cannot parse. It
// returns "" if that fails too, or the subject is empty.
//
// Source: https://www.rfc-editor.org/rfc/rfc5280#section-4.1
func subjectOf(der []byte) string {
	var certificate struct {
		TBS struct {
			Version                             int `asn1:"optional,explicit,default:0,tag:0"`
			Serial, Algorithm, Issuer, Validity asn1.RawValue
			Subject                             pkix.RDNSequence
		}
	}
	if _, err := asn1.Unmarshal(der, &certificate); err != nil {
		return ""
	}
	const most = 200
	subject := certificate.TBS.Subject.String()
	if len(subject) > most {
		subject = subject[:most] + "…"
	}
	return strings.ToValidUTF8(subject, "")
}
