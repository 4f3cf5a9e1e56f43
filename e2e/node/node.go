package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kreconcile/kreconcile/e2e/pod"
)

// Node runs containers of Pods that a cluster keeps.
type Node struct {
	// APIServer is host and port of the API server. Containers reach it at its
	// address inside the cluster.
	APIServer string
	// Loopback are ports of this machine's loopback that containers reach at the same
	// address, such as those of other API servers.
	Loopback []string
	// Drops drops what containers send to the API server, as a NetworkPolicy that
	// denies egress does.
	Drops bool
	// Client is an administrator's client of that API server.
	Client *kubernetes.Clientset
	// Images are the node's images, by name: files of this machine by their path in
	// the image.
	Images map[string]map[string]string
	// Folders are folders of this machine that replace the Pod's volume of that name:
	// that of a claim, or what another container has written before.
	Folders map[string]string
	// WritableRoots allows containers that may write to their root file system. It is
	// still read-only, so that one that does write fails.
	WritableRoots bool
}

// Terminated is a container that has ended.
type Terminated struct {
	pod.Result
	// Command is the whole command line of the container.
	Command []string
	// User and Group are the container's.
	User, Group int
	// Message is the content of the container's termination message file.
	Message string
	// Files are the files in the Pod's emptyDir volumes, by their path in the
	// container.
	Files map[string]string
	// ConfigMaps are the files from ConfigMaps, by their path in the container.
	ConfigMaps map[string]string
	// Token is the container's token, so that a test can search for it.
	Token string
	Took  time.Duration
}

// Run runs one container, or init container, of a Pod as the API server returned it.
// An exit code other than 0 is not an error.
func (n *Node) Run(ctx context.Context, p *corev1.Pod, container string) (*Terminated, error) {
	c, err := find(p, container)
	if err != nil {
		return nil, err
	}
	if err := n.playable(p, c); err != nil {
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
	// The container's user must be able to reach its volumes.
	if err := os.Chmod(scratch, 0o755); err != nil {
		return nil, err
	}

	services, err := n.Client.CoreV1().Services(metav1.NamespaceAll).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	env, err := variables(services.Items, p, c)
	if err != nil {
		return nil, err
	}
	v := volumes{client: n.Client, pod: p, user: userOf(p, c), configMaps: map[string]string{}}
	s := pod.Sandbox{
		APIServer: n.APIServer, Loopback: n.Loopback, Drops: n.Drops, Mounts: map[string]string{}, Writable: map[string]string{},
		User: int(v.user), Env: environment(p, env),
	}
	s.Group, s.Groups = groupsOf(p, c)
	for _, arg := range slices.Concat(c.Command, c.Args) {
		s.Args = append(s.Args, expandReferences(arg, env))
	}
	maps.Copy(s.Mounts, image)
	var kept []string
	for i, mount := range c.VolumeMounts {
		if folder, ok := n.Folders[mount.Name]; ok && mount.SubPathExpr == "" {
			s.Writable[mount.MountPath] = filepath.Join(folder, mount.SubPath)
			continue
		}
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

	start := time.Now()
	r, err := pod.Run(ctx, s)
	if err != nil {
		return nil, err
	}
	t := &Terminated{
		Result: *r, Command: s.Args, User: s.User, Group: s.Group, Files: map[string]string{}, ConfigMaps: v.configMaps, Token: v.token, Took: time.Since(start),
	}
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

// playable says what of a container the sandbox cannot do.
func (n *Node) playable(p *corev1.Pod, c *corev1.Container) error {
	switch context := c.SecurityContext; {
	case p.UID == "":
		return errors.New("the Pod is not one that the API server gave")
	case len(c.Command) == 0:
		return errors.New("no command: what the image starts is not known here")
	case userOf(p, c) == 0:
		return errors.New("no runAsUser, or root: what the image says is not known here")
	case !n.WritableRoots && (context == nil || context.ReadOnlyRootFilesystem == nil || !*context.ReadOnlyRootFilesystem):
		return errors.New("the sandbox has a read-only root file system, and no other")
	case c.TerminationMessagePolicy != corev1.TerminationMessageReadFile:
		return fmt.Errorf("terminationMessagePolicy %s is not played", c.TerminationMessagePolicy)
	case len(c.EnvFrom) > 0:
		return errors.New("envFrom is not played")
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

// groupsOf returns the groups of a container. Without a runAsGroup, runtimes use
// group 0 for a user that the image does not have.
func groupsOf(p *corev1.Pod, c *corev1.Container) (group int, others []int) {
	if of := p.Spec.SecurityContext; of != nil {
		if of.RunAsGroup != nil {
			group = int(*of.RunAsGroup)
		}
		if of.FSGroup != nil {
			others = append(others, int(*of.FSGroup))
		}
		for _, other := range of.SupplementalGroups {
			others = append(others, int(other))
		}
	}
	if of := c.SecurityContext; of != nil && of.RunAsGroup != nil {
		group = int(*of.RunAsGroup)
	}
	return group, others
}
