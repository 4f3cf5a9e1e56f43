package inclusterauth

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
)

func FuzzParseToken(f *testing.F) {
	for _, seed := range []string{"token", "token\r\n", "a\nb", "a\x00", "\ufeffa", " ", "é", "Bearer a", "\t a=\n", "a=b", "=", "\"a\"", "ZXlKYS5iLmM="} {
		f.Add([]byte(seed))
	}
	// The content is never quoted: there is one fixed text for each reason.
	const alone = "; the file has to hold the token alone"
	reasons := []string{
		"it is empty", "it holds a byte order mark; write it as plain ASCII", "it holds a newline inside" + alone, "it holds a NUL" + alone,
		"it holds a space inside" + alone, noToken + alone, "it holds a quote" + alone, "it begins with Bearer" + alone,
	}
	for _, kind := range contentKinds {
		reasons = append(reasons, "it holds "+kind+", not a token")
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%()*+,-./:;=?@[]^_{|}~"
	f.Fuzz(func(t *testing.T, content []byte) {
		parsed, err := parseToken(content)
		if err != nil {
			if !slices.Contains(reasons, err.Error()) {
				t.Fatalf("%q was refused with %q", content, err)
			}
			return
		}
		token := parsed.reveal()
		if token == "" || strings.Trim(token, letters) != "" {
			t.Fatalf("%q was accepted", content)
		}
		if around := strings.Replace(string(content), token, "", 1); strings.Trim(around, " \t\r\n") != "" {
			t.Fatalf("%q became %q", content, token)
		}
		again, err := parseToken([]byte(token))
		if err != nil || !again.equals(parsed) {
			t.Fatalf("%q became %q, and that %v, %v", content, token, again, err)
		}
	})
}

func FuzzParseCA(f *testing.F) {
	ca := newAuthority(f, "ca")
	f.Add(ca.pem)
	f.Add(ca.pem[:len(ca.pem)/2])
	f.Add(append(bytes.Clone(ca.pem), ca.pem[:len(ca.pem)/2]...))
	f.Add(append(bytes.Clone(ca.pem), newAuthority(f, "another").pem...))
	f.Add(append([]byte("# text\n-----BEGIN X-----\n-----END X-----\n"), ca.pem...))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))
	f.Add([]byte("garbage"))
	f.Fuzz(func(t *testing.T, content []byte) {
		parsed, err := parseCA(content)
		if err != nil {
			if parsed != nil {
				t.Fatalf("certificates beside the error %v", err)
			}
			return
		}
		if parsed.pool.Equal(x509.NewCertPool()) {
			t.Fatal("no certificate is trusted, and the bundle is accepted")
		}
		// Every certificate that package pem finds is trusted or reported as
		// unusable.
		refused := 0
		for rest := content; ; {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil {
				break
			}
			if block.Type != "CERTIFICATE" {
				continue
			}
			certificate, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				refused++
				continue
			}
			more := parsed.pool.Clone()
			more.AddCert(certificate)
			if !more.Equal(parsed.pool) {
				t.Fatal("a certificate is passed over")
			}
		}
		if refused > len(parsed.unusable) {
			t.Fatalf("%d certificates cannot be parsed, and %d are named", refused, len(parsed.unusable))
		}
		again, err := parseCA(append(bytes.Clone(content), content...))
		// Without a newline at the end, the second copy would begin in the middle of
		// a line.
		if bytes.HasSuffix(content, []byte("\n")) && (err != nil || !again.pool.Equal(parsed.pool) || len(again.unusable) != 2*len(parsed.unusable)) {
			t.Fatalf("the bundle twice is another one: %v", err)
		}
	})
}
