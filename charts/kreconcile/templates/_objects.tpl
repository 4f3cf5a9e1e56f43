{{- /* These take a dict: root is the chart's context, name the name of the gate's objects, and
events the events of Helm that they are hooks of. They are a part of the release where it is
empty. */}}

{{- define "kreconcile.annotations" -}}
{{- $annotations := dict }}
{{- if .events }}
{{- $_ := set $annotations "helm.sh/hook" .events }}
{{- $_ := set $annotations "helm.sh/hook-weight" (toString .weight) }}
{{- $_ := set $annotations "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" }}
{{- end }}
{{- $annotations = merge $annotations (default (dict) .more) .root.Values.annotations }}
{{- if $annotations -}}
annotations:
  {{- toYaml $annotations | nindent 2 }}
{{- end }}
{{- end }}

{{- /* A hook deletes what has its name before it is made. So the gate refuses to be
rendered where that is not of this release's gate. Only a Helm that asks the cluster sees it:
helm template does not. */}}
{{- define "kreconcile.refuseOthers" -}}
{{- if .events }}
{{- $namespace := ternary "" .root.Release.Namespace (eq .kind "ClusterRoleBinding") }}
{{- $found := lookup .apiVersion .kind $namespace .objectName }}
{{- $labels := dig "metadata" "labels" (dict) (default (dict) $found) }}
{{- $own := and (eq (get $labels "app.kubernetes.io/component") "kreconcile") (eq (get $labels "app.kubernetes.io/instance") .root.Release.Name) }}
{{- if and $found (not $own) }}
{{- fail (printf "kreconcile: the %s %q exists, and is not of this release's gate: a hook of that name would delete it. %s" .kind .objectName .advice) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What the Job needs is there before it. Nothing of a release is, before its hooks
have run: so each is a hook, too. */}}
{{- define "kreconcile.prerequisites" -}}
{{- $root := .root }}
{{- $weight := sub (int $root.Values.hook.weight) 1 }}
{{- $rename := "Set fullnameOverride to another name." }}
{{- if not $root.Values.existingConfigMap }}
{{- include "kreconcile.refuseOthers" (merge (dict "apiVersion" "v1" "kind" "ConfigMap" "objectName" .name "advice" $rename) .) }}
{{- $files := $root.Values.declaration }}
{{- if not (kindIs "map" $files) }}
{{- $files = dict "requirements.hcl" (toString (default "" $files)) }}
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "kreconcile.labels" $root | nindent 4 }}
  {{- with include "kreconcile.annotations" (merge (dict "weight" $weight) .) }}
  {{- . | nindent 2 }}
  {{- end }}
{{- if .events }}
# A hook's ConfigMap is made anew each time. Where rendered manifests are applied instead,
# another declaration is an error, rather than one that no Job has seen.
immutable: true
{{- end }}
data:
  {{- toYaml $files | nindent 2 }}
{{- end }}
{{- $account := include "kreconcile.serviceAccountName" . }}
{{- if $root.Values.serviceAccount.create }}
{{- $advice := "Set serviceAccount.create to false to use it, or serviceAccount.name to another name." }}
{{- include "kreconcile.refuseOthers" (merge (dict "apiVersion" "v1" "kind" "ServiceAccount" "objectName" $account "advice" $advice) .) }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $account }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "kreconcile.labels" $root | nindent 4 }}
  {{- with include "kreconcile.annotations" (merge (dict "weight" $weight "more" $root.Values.serviceAccount.annotations) .) }}
  {{- . | nindent 2 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
{{- if $root.Values.rbac.create }}
{{- /* A namespace has no colon in its name: no other gate has a binding of this name. */}}
{{- $binding := printf "%s:%s" $root.Release.Namespace .name }}
{{- include "kreconcile.refuseOthers" (merge (dict "apiVersion" "rbac.authorization.k8s.io/v1" "kind" "ClusterRoleBinding" "objectName" $binding "advice" $rename) .) }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $binding | quote }}
  labels:
    {{- include "kreconcile.labels" $root | nindent 4 }}
  {{- with include "kreconcile.annotations" (merge (dict "weight" $weight) .) }}
  {{- . | nindent 2 }}
  {{- end }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: system:discovery
subjects:
  - kind: ServiceAccount
    name: {{ $account }}
    namespace: {{ $root.Release.Namespace }}
{{- end }}
{{- end }}

{{- define "kreconcile.job" -}}
{{- $root := .root }}
{{- include "kreconcile.refuseOthers" (merge (dict "apiVersion" "batch/v1" "kind" "Job" "objectName" .jobName "advice" "Set fullnameOverride to another name.") .) }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .jobName }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "kreconcile.labels" $root | nindent 4 }}
  {{- /* Helm 3.18 and newer show the log of a Job that failed. An older one only says that it did. */}}
  {{- $log := ternary (dict "helm.sh/hook-output-log-policy" "hook-failed") (dict) (ne .events "") }}
  {{- with include "kreconcile.annotations" (merge (dict "weight" (int $root.Values.hook.weight) "more" $log) .) }}
  {{- . | nindent 2 }}
  {{- end }}
spec:
  {{- include "kreconcile.jobSpec" . | nindent 2 }}
{{- end }}
