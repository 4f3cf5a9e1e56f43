{{- define "kreconcile.name" -}}
{{- default .Chart.Name .Values.nameOverride | toString | trunc 63 | trimAll "-_." }}
{{- end }}

{{- /* The names of the objects: the release, the charts between it and this one by their
aliases, and always -kreconcile at the end. So no object has the name of an application's
object. A label may have 63 characters; 50 leave room for what Jobs and Pods add. */}}
{{- define "kreconcile.fullname" -}}
{{- $base := "" }}
{{- if .Values.fullnameOverride }}
{{- $base = .Values.fullnameOverride | toString | trimSuffix "-kreconcile" }}
{{- else }}
{{- /* shop/charts/gate/templates is the chart with the alias gate in the chart shop. */}}
{{- $charts := rest (splitList "/charts/" (trimSuffix "/templates" .Template.BasePath)) }}
{{- if eq .Chart.Name "kreconcile" }}
{{- $charts = initial (prepend $charts "") }}
{{- end }}
{{- $charts = append $charts (.Values.nameOverride | default "" | toString) }}
{{- $base = join "-" (without (prepend $charts .Release.Name) "") }}
{{- end }}
{{- $base = $base | lower | replace "_" "-" | replace "." "-" | trimAll "-" }}
{{- if gt (len $base) 39 }}
{{- $base = printf "%s-%s" (trunc 30 $base | trimSuffix "-") (sha256sum $base | trunc 8) }}
{{- end }}
{{- printf "%s-kreconcile" $base }}
{{- end }}

{{- /* The objects that the Job needs are named after the gate. A hook never has the name of an
object that mode job made a part of the release. */}}
{{- define "kreconcile.objectName" -}}
{{- include "kreconcile.fullname" . }}{{ if ne .Values.mode "hook" }}-job{{ end }}
{{- end }}

{{- /* Each revision has its own Job, because a Job cannot be changed. The hash is for tools
that render charts without revision numbers. */}}
{{- define "kreconcile.jobName" -}}
{{- $name := include "kreconcile.fullname" . }}
{{- if eq .Values.mode "hook" }}
{{- $name }}
{{- else }}
{{- $what := list .Release.Revision (include "kreconcile.jobSpec" (dict "root" . "name" (include "kreconcile.objectName" .))) | toJson }}
{{- printf "%s-%s" $name ($what | sha256sum | trunc 8) }}
{{- end }}
{{- end }}

{{- /* The ConfigMap of the gate of that name. Each declaration has its own, so no Job reads that of another one. */}}
{{- define "kreconcile.configMapName" -}}
{{- $values := .root.Values }}
{{- $values.existingConfigMap | default (printf "%s-%s" .name (toJson $values.declaration | sha256sum | trunc 8)) }}
{{- end }}

{{- /* The account of the gate of that name. */}}
{{- define "kreconcile.serviceAccountName" -}}
{{- $account := .root.Values.serviceAccount | default (dict) }}
{{- $account.name | default (ternary .name "default" (default false $account.create)) }}
{{- end }}

{{- define "kreconcile.selectorLabels" -}}
app.kubernetes.io/name: {{ include "kreconcile.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: kreconcile
{{- end }}

{{- define "kreconcile.labels" -}}
{{- $own := include "kreconcile.selectorLabels" . | fromYaml }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") }}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- toYaml (merge $own (.Values.labels | default (dict))) }}
{{- end }}
