package inclusterauth

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// contentKind names what a file holds in place of a token or a CA bundle. It is empty
// if that is not recognised. It quotes nothing of the file.
func contentKind(content []byte) string {
	// Windows writes a byte order mark.
	content = bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\ufeff")))
	text := string(content)
	// Field names are the same in YAML and in JSON.
	fields := strings.NewReplacer(`"`, "", "'", "", " ", "", "\t", "", "\r", "").Replace(text)
	has := func(field string) bool {
		return strings.Contains("\n"+fields+"\n", "\n"+field) || strings.Contains(fields, "{"+field) || strings.Contains(fields, ","+field)
	}
	switch {
	case has("kind:Config\n"), has("kind:Config,"), has("kind:Config}"), has("clusters:") && has("contexts:"), has("clusters:") && has("users:"):
		return "a kubeconfig"
	case has("kind:TokenRequest"), has("kind:ExecCredential"), has("kind:Secret"), has("kind:ConfigMap"):
		return "a Kubernetes object"
	case strings.Contains(text, pemBegin):
		return pemKind(text)
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return "JSON"
	case strings.HasPrefix(text, "<"):
		return "HTML or XML"
	case len(content) > 4 && content[0] == 0x30 && content[1] >= 0x80 && content[1] <= 0x83:
		return "a certificate or key in DER form"
	case isJWT(text):
		return "a token"
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	switch {
	case err != nil:
	case isJWT(string(decoded)):
		return "a token in base64"
	case strings.Contains(string(decoded), pemBegin):
		return pemKind(string(decoded)) + " in base64"
	}
	return ""
}

func pemKind(text string) string {
	switch {
	case strings.Contains(text, "PRIVATE KEY"+pemTail):
		return "a private key"
	case strings.Contains(text, "CERTIFICATE"+pemTail):
		return "a certificate"
	}
	return "PEM data"
}

// isJWT reports whether the text is a JSON Web Token, as the tokens of service
// accounts are. A token of another kind may have any form.
//
// Source: https://www.rfc-editor.org/rfc/rfc7519#section-3
func isJWT(text string) bool {
	return strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") == 2 && strings.IndexFunc(text, notOfToken) < 0
}
