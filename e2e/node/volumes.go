package node

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kreconcile/kreconcile/e2e/pod"
)

// volumes lays out the volumes of one Pod for a container's user.
type volumes struct {
	client *kubernetes.Clientset
	pod    *corev1.Pod
	user   int64
	// configMaps are the files from ConfigMaps, by their path in the container.
	configMaps map[string]string
	token      string
}

// make makes the folder of a volume, and reports whether a container may write to it.
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
			// The umask may have changed the mode.
			return true, os.Chmod(dir, 0o777)
		case volume.ConfigMap != nil:
			files, err := v.configMap(ctx, volume.ConfigMap.Name, volume.ConfigMap.Items)
			if err != nil {
				return false, err
			}
			for name, content := range files {
				v.configMaps[path.Join(mount.MountPath, name)] = content
			}
			_, err = pod.NewVolume(dir, files)
			return false, err
		case volume.Secret != nil:
			return false, v.secret(ctx, volume.Secret, dir)
		case volume.Projected != nil:
			return false, v.projected(ctx, volume.Projected, dir)
		}
		return false, errors.New("this kind of volume is not played")
	}
	return false, errors.New("the Pod has no such volume")
}

// configMap returns the files of a ConfigMap in the Pod's namespace.
func (v *volumes) configMap(ctx context.Context, name string, items []corev1.KeyToPath) (map[string]string, error) {
	c, err := v.client.CoreV1().ConfigMaps(v.pod.Namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
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

// secret lays out a Secret, which only the group fsGroup may read.
func (v *volumes) secret(ctx context.Context, source *corev1.SecretVolumeSource, dir string) error {
	context := v.pod.Spec.SecurityContext
	if source.Items != nil || source.DefaultMode == nil || *source.DefaultMode != 0o440 || context == nil || context.FSGroup == nil {
		return errors.New("only a whole Secret with the mode 0440 and an fsGroup is played")
	}
	secret, err := v.client.CoreV1().Secrets(v.pod.Namespace).Get(ctx, source.SecretName, metav1.GetOptions{})
	if err != nil {
		return err
	}
	files := map[string]string{}
	for name, content := range secret.Data {
		files[name] = string(content)
	}
	if _, err := pod.NewVolume(dir, files); err != nil || os.Getuid() != 0 {
		return err
	}
	for name := range files {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.Chown(file, 0, int(*context.FSGroup)), os.Chmod(file, 0o440)); err != nil {
			return err
		}
	}
	return nil
}

// projected lays out a service account: a token, a CA and a namespace.
func (v *volumes) projected(ctx context.Context, source *corev1.ProjectedVolumeSource, dir string) error {
	files := map[string]string{}
	tokenFile := ""
	for _, s := range source.Sources {
		switch {
		case s.ServiceAccountToken != nil:
			if err := v.request(ctx, s.ServiceAccountToken); err != nil {
				return err
			}
			tokenFile = s.ServiceAccountToken.Path
			files[tokenFile] = v.token
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

// request requests a token by TokenRequest that is bound to the Pod.
func (v *volumes) request(ctx context.Context, source *corev1.ServiceAccountTokenProjection) error {
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{
		ExpirationSeconds: source.ExpirationSeconds,
		BoundObjectRef:    &authenticationv1.BoundObjectReference{APIVersion: "v1", Kind: "Pod", Name: v.pod.Name, UID: v.pod.UID},
	}}
	if source.Audience != "" {
		request.Spec.Audiences = []string{source.Audience}
	}
	accounts := v.client.CoreV1().ServiceAccounts(v.pod.Namespace)
	request, err := accounts.CreateToken(ctx, v.pod.Spec.ServiceAccountName, request, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	v.token = request.Status.Token
	return nil
}

// protect makes the token readable as the kubelet does: for the group fsGroup, for
// the user of all containers, or for everybody.
//
// Source:
// https://github.com/kubernetes/enhancements/tree/master/keps/sig-storage/2451-service-account-token-volumes#file-permission
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
	// The umask may have changed the mode.
	return os.Chmod(name, mode)
}
