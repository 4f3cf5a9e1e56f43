package node

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"

	"github.com/kreconcile/kreconcile/e2e/cluster"
	"github.com/kreconcile/kreconcile/e2e/pod"
)

// volumes lays out the volumes of one Pod for a container's user.
type volumes struct {
	cluster *cluster.Cluster
	pod     *corev1.Pod
	user    int64
	token   string
}

// make makes the folder of a volume, and tells whether a container may write to it.
func (v *volumes) make(ctx context.Context, mount corev1.VolumeMount, dir string) (writable bool, err error) {
	if mount.SubPath != "" || mount.SubPathExpr != "" {
		return false, errors.New("subPath is not played")
	}
	for _, volume := range v.pod.Spec.Volumes {
		if volume.Name != mount.Name {
			continue
		}
		if err := os.Mkdir(dir, 0o755); err != nil {
			return false, err
		}
		switch {
		case volume.EmptyDir != nil:
			// The umask may have taken what the kubelet gives.
			return true, os.Chmod(dir, 0o777)
		case volume.ConfigMap != nil:
			files, err := v.configMap(ctx, volume.ConfigMap.Name, volume.ConfigMap.Items)
			if err != nil {
				return false, err
			}
			_, err = pod.NewVolume(dir, files)
			return false, err
		case volume.Projected != nil:
			return false, v.projected(ctx, volume.Projected, dir)
		}
		return false, errors.New("this kind of volume is not played")
	}
	return false, errors.New("the Pod has no such volume")
}

// configMap gives the files that a ConfigMap of the Pod's namespace stands for.
func (v *volumes) configMap(ctx context.Context, name string, items []corev1.KeyToPath) (map[string]string, error) {
	var c corev1.ConfigMap
	if err := Get(ctx, v.cluster, &c, "configmap", name, "--namespace", v.pod.Namespace); err != nil {
		return nil, err
	}
	if items == nil {
		return c.Data, nil
	}
	files := map[string]string{}
	for _, item := range items {
		content, ok := c.Data[item.Key]
		if !ok {
			return nil, fmt.Errorf("the ConfigMap %s has no key %s", name, item.Key)
		}
		files[item.Path] = content
	}
	return files, nil
}

// projected lays out a service account: a token of TokenRequest that is bound to the Pod,
// a CA and a namespace.
func (v *volumes) projected(ctx context.Context, source *corev1.ProjectedVolumeSource, dir string) error {
	files := map[string]string{}
	tokenFile := ""
	for _, s := range source.Sources {
		switch {
		case s.ServiceAccountToken != nil:
			args := []string{
				"--bound-object-kind=Pod", "--bound-object-name=" + v.pod.Name, "--bound-object-uid=" + string(v.pod.UID),
				fmt.Sprintf("--duration=%ds", *s.ServiceAccountToken.ExpirationSeconds),
			}
			if audience := s.ServiceAccountToken.Audience; audience != "" {
				args = append(args, "--audience="+audience)
			}
			token, err := v.cluster.Token(ctx, v.pod.Namespace, v.pod.Spec.ServiceAccountName, args...)
			if err != nil {
				return err
			}
			tokenFile = s.ServiceAccountToken.Path
			files[tokenFile], v.token = token, token
		case s.ConfigMap != nil:
			more, err := v.configMap(ctx, s.ConfigMap.Name, s.ConfigMap.Items)
			if err != nil {
				return err
			}
			maps.Copy(files, more)
		case s.DownwardAPI != nil:
			for _, item := range s.DownwardAPI.Items {
				if item.FieldRef == nil || item.FieldRef.FieldPath != "metadata.namespace" {
					return fmt.Errorf("%s of the downward API is not played", item.Path)
				}
				files[item.Path] = v.pod.Namespace
			}
		default:
			return errors.New("this kind of source is not played")
		}
	}
	if _, err := pod.NewVolume(dir, files); err != nil {
		return err
	}
	if tokenFile == "" || os.Getuid() != 0 {
		return nil
	}
	return v.protect(filepath.Join(dir, tokenFile))
}

// protect makes the token readable for whom the kubelet does: the group fsGroup, or the
// user that all containers run as, or else everybody.
//
// Source: https://github.com/kubernetes/enhancements/tree/master/keps/sig-storage/2451-service-account-token-volumes#file-permission
func (v *volumes) protect(file string) error {
	if context := v.pod.Spec.SecurityContext; context != nil && context.FSGroup != nil {
		if err := os.Chown(file, 0, int(*context.FSGroup)); err != nil {
			return err
		}
		return os.Chmod(file, 0o640)
	}
	for _, c := range append(v.pod.Spec.InitContainers, v.pod.Spec.Containers...) {
		if userOf(v.pod, &c) != v.user {
			return nil
		}
	}
	if err := os.Chown(file, int(v.user), 0); err != nil {
		return err
	}
	return os.Chmod(file, 0o600)
}

// writeFor writes a file that the container's user may write to.
func writeFor(name, content string, mode os.FileMode) error {
	if err := os.WriteFile(name, []byte(content), mode); err != nil {
		return err
	}
	// The umask may have taken what the kubelet gives.
	return os.Chmod(name, mode)
}
