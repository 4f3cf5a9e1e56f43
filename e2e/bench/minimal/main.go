// Command minimal fetches the two discovery documents of an API server over one TLS
// connection, and does nothing with them. kreconcile is compared with it, because no
// Go program that asks the same can cost much less.
//
// Usage: minimal URL TOKEN-FILE CA-FILE
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: minimal URL TOKEN-FILE CA-FILE")
		os.Exit(1)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(url, tokenFile, caFile string) error {
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return err
	}
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return errors.New("no certificate in " + caFile)
	}
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
		// The second request waits for the first one's connection.
		MaxConnsPerHost: 1,
	}}
	failures := make(chan error, 2)
	for _, path := range []string{"/api", "/apis"} {
		go func() { failures <- fetch(client, url+path, strings.TrimSpace(string(token))) }()
	}
	return errors.Join(<-failures, <-failures)
}

func fetch(client *http.Client, url, token string) error {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(url + ": " + response.Status)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}
