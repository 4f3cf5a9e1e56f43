{{- define "kreconcile.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* The names of the objects: the release, the charts between it and this one by their
aliases, and -kreconcile at the end in every case. So no object has the name of one of the
application's, and two gates of one release have different names. 50 characters leave room
for what Jobs and Pods add to them, of the 63 that a label may have. */}}
{{- define "kreconcile.fullname" -}}
{{- $base := "" }}
{{- if .Values.fullnameOverride }}
{{- $base = trimSuffix "-kreconcile" .Values.fullnameOverride }}
{{- else }}
{{- /* shop/charts/gate/templates is the chart with the alias gate in the chart shop. */}}
{{- $charts := rest (splitList "/charts/" (trimSuffix "/templates" .Template.BasePath)) }}
{{- if .Values.nameOverride }}
{{- $charts = append (initial (prepend $charts "")) .Values.nameOverride }}
{{- else if eq .Chart.Name "kreconcile" }}
{{- $charts = initial (prepend $charts "") }}
{{- end }}
{{- $base = join "-" (without (prepend $charts .Release.Name) "") }}
{{- end }}
{{- if gt (len $base) 39 }}
{{- $base = printf "%s-%s" (trunc 30 $base | trimSuffix "-") (sha256sum $base | trunc 8) }}
{{- end }}
{{- printf "%s-kreconcile" (trimSuffix "-" $base) }}
{{- end }}

{{- /* Each revision has a Job of its own, because a Job cannot be changed. The hash
is for what renders charts without counting revisions. */}}
{{- define "kreconcile.jobName" -}}
{{- $name := include "kreconcile.fullname" . }}
{{- if eq .Values.mode "hook" }}
{{- $name }}
{{- else }}
{{- $what := list .Release.Revision .Values.declaration (include "kreconcile.jobSpec" (dict "root" . "name" $name)) | toJson }}
{{- printf "%s-%s" $name ($what | sha256sum | trunc 8) }}
{{- end }}
{{- end }}

{{- /* The account of the gate of that name. */}}
{{- define "kreconcile.serviceAccountName" -}}
{{- $account := .root.Values.serviceAccount }}
{{- $account.name | default (ternary .name "default" $account.create) }}
{{- end }}

{{- define "kreconcile.selectorLabels" -}}
app.kubernetes.io/name: {{ include "kreconcile.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: kreconcile
{{- end }}

{{- define "kreconcile.labels" -}}
{{- $own := include "kreconcile.selectorLabels" . | fromYaml }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") }}
{{- $_ := set $own "app.kubernetes.io/version" .Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service }}
{{- toYaml (merge $own .Values.labels) }}
{{- end }}
