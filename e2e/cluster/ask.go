package cluster

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Ask sends one request as an administrator, over its own connection, and returns the
// status and the body of the answer. accept and body may be empty. It is much faster
// than kubectl.
func (c *Cluster) Ask(ctx context.Context, method, path, accept, body string) (status int, content []byte, err error) {
	response, content, err := c.ask(ctx, method, path, accept, body)
	if err != nil {
		return 0, nil, err
	}
	return response.StatusCode, content, nil
}

// Header is Ask for the header of the answer, which must not come from a lack of access.
func (c *Cluster) Header(ctx context.Context, method, path, body string) (http.Header, error) {
	response, content, err := c.ask(ctx, method, path, "", body)
	switch {
	case err != nil:
		return nil, err
	case response.StatusCode == http.StatusUnauthorized, response.StatusCode == http.StatusForbidden:
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, response.Status, content)
	}
	return response.Header, nil
}

func (c *Cluster) ask(ctx context.Context, method, path, accept, body string) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.URL()+path, strings.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.adminToken)
	request.Header.Set("Content-Type", "application/json")
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	response, err := c.client.Load().Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response, content, err
}
