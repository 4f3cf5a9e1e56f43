package node

import (
	"errors"
	"fmt"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// variables returns the variables of the Services as the kubelet does, and then those
// of the container, each expanded with the ones before it.
//
// Source:
// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
func variables(services []corev1.Service, p *corev1.Pod, c *corev1.Container) (map[string]string, error) {
	const apiServer = "kubernetes"
	linked := p.Spec.EnableServiceLinks == nil || *p.Spec.EnableServiceLinks
	seen := map[string]corev1.Service{}
	for _, s := range services {
		_, there := seen[s.Name]
		switch {
		case s.Spec.ClusterIP == "" || s.Spec.ClusterIP == corev1.ClusterIPNone:
		case s.Namespace == corev1.NamespaceDefault && s.Name == apiServer && !there:
			seen[s.Name] = s
		// A Service of the Pod's own namespace replaces the API server's.
		case s.Namespace == p.Namespace && linked:
			seen[s.Name] = s
		}
	}
	if _, there := seen[apiServer]; !there {
		return nil, errors.New("the cluster has no Service of its API server")
	}
	env := map[string]string{}
	for _, s := range seen {
		name := variable(s.Name)
		env[name+"_SERVICE_HOST"] = s.Spec.ClusterIP
		env[name+"_SERVICE_PORT"] = fmt.Sprint(s.Spec.Ports[0].Port)
		for _, port := range s.Spec.Ports {
			if port.Name != "" {
				env[name+"_SERVICE_PORT_"+variable(port.Name)] = fmt.Sprint(port.Port)
			}
		}
	}
	for _, e := range c.Env {
		switch {
		case e.ValueFrom == nil:
			env[e.Name] = expandReferences(e.Value, env)
		case e.ValueFrom.ResourceFieldRef != nil && e.ValueFrom.ResourceFieldRef.Resource == "limits.memory":
			// Without a divisor, the value is in bytes.
			env[e.Name] = fmt.Sprint(c.Resources.Limits.Memory().Value())
		case e.ValueFrom.FieldRef != nil && e.ValueFrom.FieldRef.FieldPath == "metadata.labels['"+batchv1.JobCompletionIndexAnnotation+"']":
			env[e.Name] = p.Labels[batchv1.JobCompletionIndexAnnotation]
		default:
			return nil, fmt.Errorf("the environment variable %s is not a plain value", e.Name)
		}
	}
	return env, nil
}

func variable(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

// environment adds the variables that do not come from the kubelet, and that no
// reference can use.
func environment(p *corev1.Pod, variables map[string]string) []string {
	env := []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=" + p.Name}
	for name, value := range variables {
		env = append(env, name+"="+value)
	}
	return env
}

// expandReferences expands $(NAME) as the kubelet does in environments and command
// lines: $$ becomes $, and an unknown name stays.
//
// Source:
// https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
func expandReferences(text string, env map[string]string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		name, rest, closed := strings.Cut(strings.TrimPrefix(after, "("), ")")
		value, known := env[name]
		switch {
		case strings.HasPrefix(after, "$"):
			out.WriteString("$")
			text = after[1:]
		case strings.HasPrefix(after, "(") && closed && known:
			out.WriteString(value)
			text = rest
		default:
			out.WriteString("$")
			text = after
		}
	}
}
