{{- /* The gate before install and upgrade, for a chart's context. */}}
{{- define "kreconcile.before" -}}
{{- include "kreconcile.validate" . }}
{{- $events := "" }}
{{- if eq .Values.mode "hook" }}
{{- $events = ternary "pre-install,pre-upgrade,pre-rollback" "pre-install,pre-upgrade" (default false (.Values.hook | default (dict)).rollback) }}
{{- end }}
{{- $gate := dict "root" . "events" $events "name" (include "kreconcile.objectName" .) }}
{{- include "kreconcile.prerequisites" $gate }}
{{- include "kreconcile.job" (merge (dict "jobName" (include "kreconcile.jobName" .)) $gate) }}
{{- end }}

{{- /* helm test has a Job of its own, so that skipping tests does not skip the gate. In mode
hook, the gate's objects are removed after it, so the test brings its own. */}}
{{- define "kreconcile.test" -}}
{{- include "kreconcile.validate" . }}
{{- $test := printf "%s-test" (include "kreconcile.fullname" .) }}
{{- $hook := eq .Values.mode "hook" }}
{{- $gate := dict "root" . "events" "test" "name" (ternary $test (include "kreconcile.objectName" .) $hook) }}
{{- if $hook }}
{{- include "kreconcile.prerequisites" $gate }}
{{- end }}
{{- include "kreconcile.job" (merge (dict "jobName" $test) $gate) }}
{{- end }}

{{- /* A parent chart includes this with a list: its own context, the name or alias of this
dependency, and the declaration. The dependency's values are used, and its mode must be
include. */}}
{{- define "kreconcile.gate" -}}
{{- $parent := index . 0 }}
{{- $alias := index . 1 }}
{{- $dependency := index $parent.Subcharts $alias }}
{{- if not $dependency }}
{{- fail (printf "kreconcile.gate: this chart has no dependency %q" $alias) }}
{{- end }}
{{- if ne (toString $dependency.Values.mode) "include" }}
{{- fail (printf "kreconcile.gate: set %s.mode to include, or there are two gates" $alias) }}
{{- end }}
{{- $values := merge (dict "mode" "hook" "declaration" (index . 2)) (omit $dependency.Values "mode" "declaration" "existingConfigMap") }}
{{- $folder := printf "%s/charts/%s/templates" (trimSuffix "/templates" $parent.Template.BasePath) $alias }}
{{- $context := dict "Values" $values "Chart" $dependency.Chart "Release" $parent.Release "Capabilities" $parent.Capabilities "Template" (dict "BasePath" $folder) }}
{{- include "kreconcile.before" $context }}
{{- include "kreconcile.test" $context }}
{{- end }}

{{- /* These take a dict: root is the chart's context, name the name of the gate's objects, and
events the Helm events for which they are hooks. If events is empty, they are a part of the
release. */}}

{{- define "kreconcile.annotations" -}}
{{- $annotations := dict }}
{{- if .events }}
{{- $_ := set $annotations "helm.sh/hook" .events }}
{{- $_ := set $annotations "helm.sh/hook-weight" (toString .weight) }}
{{- $_ := set $annotations "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" }}
{{- end }}
{{- $annotations = merge $annotations (default (dict) .more) (.root.Values.annotations | default (dict)) }}
{{- if $annotations -}}
annotations:
  {{- toYaml $annotations | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Before Helm makes a hook, it deletes any object with the hook's name. So the gate does
not render if such an object is not a hook of this gate. Only install and upgrade see that,
because they ask the cluster; helm template does not. */}}
{{- define "kreconcile.refuseOthers" -}}
{{- if .events }}
{{- $namespace := ternary "" .root.Release.Namespace (eq .kind "ClusterRoleBinding") }}
{{- $found := lookup .apiVersion .kind $namespace .objectName }}
{{- $metadata := get (default (dict) $found) "metadata" | default (dict) }}
{{- $labels := get $metadata "labels" | default (dict) }}
{{- $own := not (hasKey (get $metadata "annotations" | default (dict)) "meta.helm.sh/release-name") }}
{{- range $key, $value := include "kreconcile.selectorLabels" .root | fromYaml }}
{{- $own = and $own (eq (get $labels $key) $value) }}
{{- end }}
{{- if and $found (not $own) }}
{{- fail (printf "kreconcile: the %s %q exists, and is not a hook of this gate, which would delete it. %s Where it was left by another gate, delete it." .kind .objectName .advice) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The objects that the Job needs must exist before it. Nothing else of a release exists
before its hooks have run, so each is a hook, too. */}}
{{- define "kreconcile.prerequisites" -}}
{{- $root := .root }}
{{- $weight := sub (int ($root.Values.hook | default (dict)).weight) 1 }}
{{- $rename := "Set fullnameOverride to another name." }}
{{- $configMap := include "kreconcile.configMapName" . }}
{{- if not $root.Values.existingConfigMap }}
{{- include "kreconcile.refuseOthers" (merge (dict "apiVersion" "v1" "kind" "ConfigMap" "objectName" $configMap "advice" $rename) .) }}
{{- $files := $root.Values.declaration }}
{{- if not (kindIs "map" $files) }}
{{- $files = dict "requirements.hcl" (toString (default "" $files)) }}
{{- end }}
{{- if not (toYaml $files) }}
{{- fail "kreconcile: declaration has a character that YAML cannot hold" }}
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $configMap | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "kreconcile.labels" $root | nindent 4 }}
  {{- with include "kreconcile.annotations" (merge (dict "weight" $weight) .) }}
  {{- . | nindent 2 }}
  {{- end }}
# Another declaration has another name.
immutable: true
data:
  {{- toYaml $files | nindent 2 }}
{{- end }}
{{- $account := include "kreconcile.serviceAccountName" . }}
{{- if ($root.Values.serviceAccount | default (dict)).create }}
{{- $advice := "Set serviceAccount.create to false to use it, or serviceAccount.name to another name." }}
{{- include "kreconcile.refuseOthers" (merge (dict "apiVersion" "v1" "kind" "ServiceAccount" "objectName" $account "advice" $advice) .) }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $account | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "kreconcile.labels" $root | nindent 4 }}
  {{- with include "kreconcile.annotations" (merge (dict "weight" $weight "more" ($root.Values.serviceAccount.annotations | default (dict))) .) }}
  {{- . | nindent 2 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
{{- if ($root.Values.rbac | default (dict)).create }}
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
    name: {{ $account | quote }}
    namespace: {{ $root.Release.Namespace | quote }}
{{- end }}
{{- end }}

{{- define "kreconcile.job" -}}
{{- $root := .root }}
{{- include "kreconcile.refuseOthers" (merge (dict "apiVersion" "batch/v1" "kind" "Job" "objectName" .jobName "advice" "Set fullnameOverride to another name.") .) }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .jobName | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "kreconcile.labels" $root | nindent 4 }}
  {{- /* Helm 3.18 and newer show the log of a Job that failed. An older one only says that it failed. */}}
  {{- $log := ternary (dict "helm.sh/hook-output-log-policy" "hook-failed") (dict) (ne .events "") }}
  {{- with include "kreconcile.annotations" (merge (dict "weight" (int ($root.Values.hook | default (dict)).weight) "more" $log) .) }}
  {{- . | nindent 2 }}
  {{- end }}
spec:
  {{- include "kreconcile.jobSpec" . | nindent 2 }}
{{- end }}
