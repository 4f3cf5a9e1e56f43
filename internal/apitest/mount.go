package apitest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// ServiceAccountDir makes a service account folder for the server in the test's
// temporary folder, and returns its path.
func (s *Server) ServiceAccountDir(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "serviceaccount")
	if err := s.WriteServiceAccount(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// WriteServiceAccount writes the token, the CA and the namespace "default" to dir as
// the kubelet does: the files are links into a folder that the link "..data" names,
// so that an update replaces all at once. The token is "token" if the server has
// none. If dir exists, its files are replaced.
func (s *Server) WriteServiceAccount(dir string) error {
	token := s.options.token
	if token == "" {
		token = "token"
	}
	return WriteVolume(dir, map[string]string{"token": token, "ca.crt": string(s.CA()), "namespace": "default"})
}

// WriteVolume writes files to dir as the kubelet does, or replaces the existing ones.
func WriteVolume(dir string, files map[string]string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	data, err := os.MkdirTemp(dir, "..data_")
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(data, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	link := filepath.Join(dir, "..data_tmp")
	if err := os.Symlink(filepath.Base(data), link); err != nil {
		return err
	}
	old, _ := os.Readlink(filepath.Join(dir, "..data")) // none at first
	if err := os.Rename(link, filepath.Join(dir, "..data")); err != nil {
		return err
	}
	for name := range files {
		err := os.Symlink(filepath.Join("..data", name), filepath.Join(dir, name))
		if err != nil && !os.IsExist(err) {
			return err
		}
	}
	if old == "" {
		return nil
	}
	return os.RemoveAll(filepath.Join(dir, old))
}

// Environ returns the variables by which a Pod finds the server.
func (s *Server) Environ() ([]string, error) {
	u, err := url.Parse(s.URL())
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		return nil, fmt.Errorf("apitest: %w", err)
	}
	return []string{"KUBERNETES_SERVICE_HOST=" + host, "KUBERNETES_SERVICE_PORT=" + port}, nil
}
