package inclusterauth

import (
	"bytes"
	"encoding/pem"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kreconcile/kreconcile/internal/apitest"
)

func inPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// unusableCertificates are blocks of a bundle that cannot be trusted, each with the
// text of the warning after its position.
func unusableCertificates(t *testing.T) map[string]struct{ block, says string } {
	t.Helper()
	old := newAuthority(t, "old CA")
	der := old.certificate.Raw
	text := string(old.pem)
	begin := "-----BEGIN CERTIFICATE-----\n"
	return map[string]struct{ block, says string }{
		"negative serial number": {string(inPEM(apitest.NegativeSerial(der))), ", subject CN=old CA): negative serial number"},
		"long subject":           {string(inPEM(apitest.NegativeSerial(newAuthority(t, strings.Repeat("x", 300)).certificate.Raw))), ", subject CN=" + strings.Repeat("x", 197) + "…): negative serial number"},
		"DER that is cut off":    {string(inPEM(der[:len(der)/2])), "): malformed certificate"},
		"DER and more":           {string(inPEM(append(bytes.Clone(der), der...))), ", subject CN=old CA): trailing data"},
		"no DER":                 {string(inPEM([]byte("hello"))), "): malformed certificate"},
		"nothing in the block":   {begin + "-----END CERTIFICATE-----\n", "): malformed certificate"},
		"bad base64":             {strings.Replace(text, "M", "!", 1), "): its PEM block is damaged"},
		"a missing character":    {begin + text[len(begin)+1:], "): its PEM block is damaged"},
		"another end":            {strings.Replace(text, "END CERTIFICATE", "END X", 1), "): its PEM block is damaged"},
		"a damaged first line":   {strings.Replace(text, begin, "-----BEGIN CERTIFICATE----\n", 1), "): its PEM block is damaged"},
	}
}

const unusableWarning = `level=WARN msg="certificates in the CA bundle cannot be parsed and are not trusted; the others are" file=CAFILE unusable="`

// TestBundleWithOneBadCertificate tests that the others are trusted, wherever the bad
// one is, and that one warning names it.
func TestBundleWithOneBadCertificate(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	servers := []*apiServer{startServer(t, first.issue(t, nil), nil, nil), startServer(t, second.issue(t, nil), nil, nil)}
	for name, bad := range unusableCertificates(t) {
		for position, where := range []string{"first", "middle", "last"} {
			t.Run(name+" "+where, func(t *testing.T) {
				parts := slices.Insert([]string{string(first.pem), string(second.pem)}, position, bad.block)
				dir := mountAccount(t, "token", []byte(strings.Join(parts, "")))
				line := 1 + strings.Count(strings.Join(parts[:position], ""), "\n")
				want := strings.ReplaceAll(unusableWarning, "CAFILE", filepath.Join(dir, "ca.crt")) +
					"certificate " + string(rune('1'+position)) + " of 3 (line " + strconv.Itoa(line) + bad.says + "\"\n"
				for _, server := range servers {
					log := new(recorder)
					mustGet(t, mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Logger: log.logger()}))
					if diff := cmp.Diff(want, log.String()); diff != "" {
						t.Error(diff)
					}
				}
			})
		}
	}
}

func TestBundleWithSeveralBadCertificates(t *testing.T) {
	ca := newAuthority(t, "ca")
	bad := string(inPEM([]byte("hello")))
	const lines = 3
	server := startServer(t, ca.issue(t, nil), nil, nil)
	dir := mountAccount(t, "token", []byte(strings.Repeat(bad, 7)+string(ca.pem)))
	log := new(recorder)
	mustGet(t, mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Logger: log.logger()}))
	want := strings.ReplaceAll(unusableWarning, "CAFILE", filepath.Join(dir, "ca.crt"))
	for i := range 5 {
		want += "certificate " + strconv.Itoa(i+1) + " of 8 (line " + strconv.Itoa(1+i*lines) + "): malformed certificate; "
	}
	if diff := cmp.Diff(want+"and 2 more\"\n", log.String()); diff != "" {
		t.Error(diff)
	}
}

func TestBundleWithoutAGoodCertificate(t *testing.T) {
	for name, bad := range unusableCertificates(t) {
		t.Run(name, func(t *testing.T) {
			log := new(recorder)
			dir := mountAccount(t, "token", []byte(bad.block))
			_, err := Load(Options{Server: "https://10.0.0.1", Getenv: environment(), Dir: dir, Logger: log.logger()})
			typed, ok := errors.AsType[*CAError](err)
			if !ok || typed.Problem != FileMalformed {
				t.Fatalf("got %v, want a *CAError", err)
			}
			want := "CA file " + filepath.Join(dir, "ca.crt") + ": none of its certificates can be parsed: certificate 1 of 1 (line 1" + bad.says +
				": the system's roots are never used in its place"
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Error(diff)
			}
			if log.String() != "" {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// TestUnusualBundles tests that text which other programs write around certificates
// causes no omission.
func TestUnusualBundles(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	both := slices.Concat(first.pem, second.pem)
	key := []byte("-----BEGIN PRIVATE KEY-----\naGVsbG8=\n-----END PRIVATE KEY-----\n")
	for name, bundle := range map[string][]byte{
		"a byte order mark":   append([]byte("\ufeff"), both...),
		"two":                 slices.Concat([]byte("\ufeff"), first.pem, []byte("\ufeff"), second.pem),
		"CRLF":                bytes.ReplaceAll(both, []byte("\n"), []byte("\r\n")),
		"indented":            append([]byte("ca: |\n  "), bytes.ReplaceAll(both, []byte("\n"), []byte("\n  "))...),
		"no newline at last":  bytes.TrimSpace(both),
		"comments":            slices.Concat([]byte("# first\n"), first.pem, []byte("# -----BEGIN CERTIFICATE-----\n# second\n"), second.pem),
		"a key":               slices.Concat(key, first.pem, key, second.pem),
		"a key with bad text": slices.Concat(bytes.ReplaceAll(key, []byte("="), []byte("!")), both),
	} {
		t.Run(name, func(t *testing.T) {
			log := new(recorder)
			dir := mountAccount(t, "token", bundle)
			for _, ca := range []*authority{first, second} {
				server := startServer(t, ca.issue(t, nil), nil, nil)
				mustGet(t, mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Logger: log.logger()}))
			}
			if log.String() != "" {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// TestBadCertificateInANewBundle tests that a new bundle is used without its bad
// certificate, and that the warning comes once for each content, not at each read.
func TestBadCertificateInANewBundle(t *testing.T) {
	first, second := newAuthority(t, "first"), newAuthority(t, "second")
	bad := inPEM(apitest.NegativeSerial(newAuthority(t, "old CA").certificate.Raw))
	server := startServer(t, first.issue(t, nil), nil, nil)
	dir := mountAccount(t, "token", first.pem)
	path := filepath.Join(dir, "ca.crt")
	clock, log := newClock(), new(recorder)
	config := mustLoad(t, Options{Getenv: podEnvironment(t, server.URL), Dir: dir, Now: clock.Now, Logger: log.logger()})
	mustGet(t, config)

	rotated := second.issue(t, nil)
	server.certificate.Store(&rotated)
	writeFile(t, path, slices.Concat(bad, second.pem))
	config.Client().CloseIdleConnections()
	const changed = `level=INFO msg="the CA bundle has changed; new connections trust the new one" file=CAFILE` + "\n"
	want := changed + unusableWarning + "certificate 1 of 2 (line 1, subject CN=old CA): negative serial number\"\n"
	for range 3 {
		mustGet(t, config)
		clock.advance(freshFor)
	}
	if diff := cmp.Diff(strings.ReplaceAll(want, "CAFILE", path), log.String()); diff != "" {
		t.Error(diff)
	}

	// A bundle without a single usable certificate leaves the earlier one in place.
	writeFile(t, path, bad)
	mustGet(t, config)
	clock.advance(retryAfter - time.Second)
	mustGet(t, config)
	want += `level=WARN msg="the CA bundle could not be read again; the last good one stays in use" error="CA file CAFILE: ` +
		"none of its certificates can be parsed: certificate 1 of 1 (line 1, subject CN=old CA): negative serial number: " +
		"the system's roots are never used in its place\"\n"
	if diff := cmp.Diff(strings.ReplaceAll(want, "CAFILE", path), log.String()); diff != "" {
		t.Error(diff)
	}

	// Another content with the same bad certificate warns again.
	writeFile(t, path, slices.Concat(second.pem, bad))
	clock.advance(time.Second)
	mustGet(t, config)
	want += changed + unusableWarning + "certificate 2 of 2 (line " + strconv.Itoa(1+bytes.Count(second.pem, []byte{'\n'})) + ", subject CN=old CA): negative serial number\"\n"
	if diff := cmp.Diff(strings.ReplaceAll(want, "CAFILE", path), log.String()); diff != "" {
		t.Error(diff)
	}
}
