package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// Node runs containers of Pods that a cluster keeps.
type Node struct {
	Cluster *cluster.Cluster
	// Images are the images that the node has, by name: files of this machine by the
	// path that they have inside.
	Images map[string]map[string]string
}

// Terminated is a container that has ended.
type Terminated struct {
	pod.Result
	// Message is what the container left in the file of its termination message.
	Message string
	// Files are the files that it left in the Pod's emptyDir volumes, by their path inside.
	Files map[string]string
	// Token is what the container was given, so that a test can look for it elsewhere.
	Token string
	Took  time.Duration
}

// Run runs one container, or init container, of a Pod that the API server keeps, as it
// gave it. An exit code other than 0 is not an error.
func (n *Node) Run(ctx context.Context, p *corev1.Pod, container string) (*Terminated, error) {
	c, err := find(p, container)
	if err != nil {
		return nil, err
	}
	if err := playable(p, c); err != nil {
		return nil, fmt.Errorf("container %s: %w", container, err)
	}
	image, ok := n.Images[c.Image]
	if !ok {
		return nil, fmt.Errorf("container %s: the image %s is not on this node", container, c.Image)
	}
	scratch, err := os.MkdirTemp("", "node")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	// The container's user has to come through to its volumes.
	if err := os.Chmod(scratch, 0o755); err != nil {
		return nil, err
	}

	v := volumes{cluster: n.Cluster, pod: p, user: userOf(p, c)}
	s := pod.Sandbox{
		APIServer: n.Cluster.Address, Mounts: map[string]string{}, Writable: map[string]string{},
		User: int(v.user), Args: slices.Concat(c.Command, c.Args),
	}
	maps.Copy(s.Mounts, image)
	var kept []string
	for i, mount := range c.VolumeMounts {
		dir := filepath.Join(scratch, fmt.Sprintf("volume-%d", i))
		writable, err := v.make(ctx, mount, dir)
		if err != nil {
			return nil, fmt.Errorf("volume %s: %w", mount.Name, err)
		}
		if writable && !mount.ReadOnly {
			s.Writable[mount.MountPath] = dir
			kept = append(kept, mount.MountPath)
		} else {
			s.Mounts[mount.MountPath] = dir
		}
	}
	message := filepath.Join(scratch, "termination-log")
	if err := writeFor(message, "", 0o666); err != nil {
		return nil, err
	}
	s.Writable[c.TerminationMessagePath] = message
	if s.Env, err = n.environment(ctx, p, c); err != nil {
		return nil, err
	}

	start := time.Now()
	r, err := pod.Run(ctx, s)
	if err != nil {
		return nil, err
	}
	t := &Terminated{Result: *r, Files: map[string]string{}, Token: v.token, Took: time.Since(start)}
	content, err := os.ReadFile(message)
	if err != nil {
		return nil, err
	}
	t.Message = string(content)
	for _, inside := range kept {
		if err := t.read(s.Writable[inside], inside); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *Terminated) read(outside, inside string) error {
	return filepath.WalkDir(outside, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(outside, name)
		t.Files[path.Join(inside, filepath.ToSlash(relative))] = string(content)
		return err
	})
}

func find(p *corev1.Pod, container string) (*corev1.Container, error) {
	for _, c := range slices.Concat(p.Spec.InitContainers, p.Spec.Containers) {
		if c.Name == container {
			return &c, nil
		}
	}
	return nil, fmt.Errorf("the Pod %s has no container %s", p.Name, container)
}

// playable says what of a container the sandbox would not show.
func playable(p *corev1.Pod, c *corev1.Container) error {
	switch context := c.SecurityContext; {
	case p.UID == "":
		return errors.New("the Pod is not one that the API server gave")
	case len(c.Command) == 0:
		return errors.New("no command: what the image starts is not known here")
	case userOf(p, c) == 0:
		return errors.New("no runAsUser, or root: what the image says is not known here")
	case context == nil || context.ReadOnlyRootFilesystem == nil || !*context.ReadOnlyRootFilesystem:
		return errors.New("the sandbox has a read-only root file system, and no other")
	case c.TerminationMessagePolicy != corev1.TerminationMessageReadFile:
		return fmt.Errorf("terminationMessagePolicy %s is not played", c.TerminationMessagePolicy)
	case len(c.EnvFrom) > 0:
		return errors.New("envFrom is not played")
	case strings.Contains(strings.Join(slices.Concat(c.Command, c.Args), " "), "$("):
		return errors.New("the expansion of $(NAME) is not played")
	}
	return nil
}

func userOf(p *corev1.Pod, c *corev1.Container) int64 {
	if c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil {
		return *c.SecurityContext.RunAsUser
	}
	if p.Spec.SecurityContext != nil && p.Spec.SecurityContext.RunAsUser != nil {
		return *p.Spec.SecurityContext.RunAsUser
	}
	return 0
}

// environment gives the variables of the Services as the kubelet does, and those of the
// container over them.
//
// Source: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
func (n *Node) environment(ctx context.Context, p *corev1.Pod, c *corev1.Container) ([]string, error) {
	var list corev1.ServiceList
	if err := Get(ctx, n.Cluster, &list, "services", "--all-namespaces"); err != nil {
		return nil, err
	}
	const apiServer = "kubernetes"
	linked := p.Spec.EnableServiceLinks == nil || *p.Spec.EnableServiceLinks
	services := map[string]corev1.Service{}
	for _, s := range list.Items {
		_, there := services[s.Name]
		switch {
		case s.Spec.ClusterIP == "" || s.Spec.ClusterIP == corev1.ClusterIPNone:
		case s.Namespace == corev1.NamespaceDefault && s.Name == apiServer && !there:
			services[s.Name] = s
		// One of the Pod's own namespace takes the place of the API server's.
		case s.Namespace == p.Namespace && linked:
			services[s.Name] = s
		}
	}
	if _, there := services[apiServer]; !there {
		return nil, errors.New("the cluster has no Service of its API server")
	}
	env := []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=" + p.Name}
	for _, s := range services {
		name := strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
		env = append(env, name+"_SERVICE_HOST="+s.Spec.ClusterIP, fmt.Sprintf("%s_SERVICE_PORT=%d", name, s.Spec.Ports[0].Port))
		for _, port := range s.Spec.Ports {
			if port.Name != "" {
				env = append(env, fmt.Sprintf("%s_SERVICE_PORT_%s=%d", name, strings.ToUpper(strings.ReplaceAll(port.Name, "-", "_")), port.Port))
			}
		}
	}
	for _, e := range c.Env {
		if e.ValueFrom != nil || strings.Contains(e.Value, "$(") {
			return nil, fmt.Errorf("the environment variable %s is not a plain value", e.Name)
		}
		env = append(env, e.Name+"="+e.Value)
	}
	return env, nil
}

// Get reads what kubectl get says of the arguments.
func Get(ctx context.Context, c *cluster.Cluster, into any, args ...string) error {
	out, err := c.Kubectl(ctx, "", append([]string{"get", "-o", "json"}, args...)...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(out), into)
}
