{{- define "kreconcile.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- /* 50 characters leave room for what Jobs and Pods have behind it, of the 63 that
a label may have. */}}
{{- define "kreconcile.fullname" -}}
{{- $name := include "kreconcile.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- /* Each revision has a Job of its own, because a Job cannot be changed. The hash
is for what renders charts without counting revisions. */}}
{{- define "kreconcile.jobName" -}}
{{- $name := include "kreconcile.fullname" . }}
{{- if eq .Values.mode "hook" }}
{{- $name }}
{{- else }}
{{- $what := list .Release.Revision .Values.declaration (include "kreconcile.jobSpec" .) | toJson }}
{{- printf "%s-%s" $name ($what | sha256sum | trunc 8) }}
{{- end }}
{{- end }}

{{- define "kreconcile.configMapName" -}}
{{- .Values.existingConfigMap | default (include "kreconcile.fullname" .) }}
{{- end }}

{{- define "kreconcile.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default (include "kreconcile.fullname" .) }}
{{- else }}
{{- .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{- define "kreconcile.selectorLabels" -}}
app.kubernetes.io/name: {{ include "kreconcile.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kreconcile.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "kreconcile.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* What the Job needs is there before it. Nothing of a release is, before its
hooks have run, so that it must be a hook, too: also of the test, because it is
removed after each event. */}}
{{- define "kreconcile.prerequisiteAnnotations" -}}
{{- if eq .Values.mode "hook" -}}
helm.sh/hook: pre-install,pre-upgrade,test
helm.sh/hook-weight: {{ sub (int .Values.hook.weight) 1 | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
{{- end }}

{{- define "kreconcile.jobAnnotations" -}}
helm.sh/hook: {{ .events }}
helm.sh/hook-weight: {{ .root.Values.hook.weight | int | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
# Helm 3.18 and newer show the log of a Job that failed. An older one only says that it did.
helm.sh/hook-output-log-policy: hook-failed
{{- end }}

{{- /* The seconds of a duration such as 1h30m, which values.schema.json has checked. */}}
{{- define "kreconcile.seconds" -}}
{{- $duration := toString (default "" .) }}
{{- $hours := regexFind "[0-9]+h" $duration | trimSuffix "h" | int }}
{{- $minutes := regexFind "[0-9]+m" $duration | trimSuffix "m" | int }}
{{- $seconds := regexFind "[0-9]+s" $duration | trimSuffix "s" | int }}
{{- add (mul 3600 $hours) (mul 60 $minutes) $seconds }}
{{- end }}

{{- define "kreconcile.validate" -}}
{{- $values := .Values }}
{{- if and $values.declaration $values.existingConfigMap }}
{{- fail "kreconcile: set either declaration or existingConfigMap, not both" }}
{{- end }}
{{- if not $values.existingConfigMap }}
{{- $files := $values.declaration }}
{{- if not (kindIs "map" $files) }}
{{- $files = dict "declaration" (toString (default "" $files)) }}
{{- end }}
{{- if not (values $files | join "" | trim) }}
{{- fail "kreconcile: set declaration to what the cluster must serve, or existingConfigMap to the name of a ConfigMap that holds it" }}
{{- end }}
{{- end }}
{{- if and $values.warnOnly $values.failOnWarning }}
{{- fail "kreconcile: warnOnly lets everything pass, and failOnWarning nothing: set one of them" }}
{{- end }}
{{- $deadline := int $values.activeDeadlineSeconds }}
{{- $wait := include "kreconcile.seconds" $values.wait | int }}
{{- $timeout := include "kreconcile.seconds" $values.timeout | int }}
{{- $helm := include "kreconcile.seconds" $values.helmTimeout | int }}
{{- if and (gt (int $values.consecutive) 1) (not $wait) }}
{{- fail (printf "kreconcile: consecutive is %d, which needs wait: one pass cannot be satisfied more than once" (int $values.consecutive)) }}
{{- end }}
{{- if not $timeout }}
{{- fail "kreconcile: timeout must be more than nothing" }}
{{- end }}
{{- if and $wait (le $deadline $wait) }}
{{- fail (printf "kreconcile: activeDeadlineSeconds is %d, which must be above wait (%s): a Job that is ended before has no verdict" $deadline $values.wait) }}
{{- end }}
{{- if and (not $wait) (le $deadline $timeout) }}
{{- fail (printf "kreconcile: activeDeadlineSeconds is %d, which must be above timeout (%s): a Job that is ended before has no verdict" $deadline $values.timeout) }}
{{- end }}
{{- if ge $deadline $helm }}
{{- fail (printf "kreconcile: activeDeadlineSeconds is %d, which must be below helm's --timeout (helmTimeout: %s): Helm would give up before the verdict. Where you give a longer --timeout to helm, say so in helmTimeout" $deadline $values.helmTimeout) }}
{{- end }}
{{- end }}

{{- /* The value of a variable: kreconcile takes text, numbers and bools as they are,
and anything else as an HCL expression, which JSON is but for template sequences.
Kubernetes reads $$ as $, and would expand $(NAME). */}}
{{- define "kreconcile.variable" -}}
{{- $text := "" }}
{{- if kindIs "string" . }}
{{- $text = . }}
{{- else }}
{{- $text = toRawJson . }}
{{- if or (kindIs "map" .) (kindIs "slice" .) }}
{{- $text = $text | replace "${" "$${" | replace "%{" "%%{" }}
{{- end }}
{{- end }}
{{- $text | replace "$" "$$" }}
{{- end }}

{{- define "kreconcile.args" -}}
{{- $values := .Values -}}
- apply
- --timeout={{ $values.timeout }}
{{- if include "kreconcile.seconds" $values.wait | int }}
- --wait={{ $values.wait }}
- --interval={{ $values.interval }}
- --consecutive={{ $values.consecutive | int }}
{{- end }}
{{- if $values.failOnWarning }}
- --fail-on-warning
{{- end }}
{{- if $values.allowUndetermined }}
- --allow-undetermined
{{- end }}
{{- if $values.warnOnly }}
- --warn-only
{{- end }}
{{- range $name, $value := $values.variables }}
- {{ printf "--var=%s=%s" $name (include "kreconcile.variable" $value) | toRawJson }}
{{- end }}
# kubectl describe pod shows the termination message: the verdict, and what is wrong.
- --termination-log=/dev/termination-log
{{- range $values.extraArgs }}
- {{ toRawJson . }}
{{- end }}
- /etc/kreconcile
{{- end }}

{{- define "kreconcile.jobSpec" -}}
{{- include "kreconcile.validate" . -}}
{{- $values := .Values -}}
backoffLimit: {{ $values.backoffLimit | int }}
activeDeadlineSeconds: {{ $values.activeDeadlineSeconds | int }}
{{- if not (kindIs "invalid" $values.ttlSecondsAfterFinished) }}
ttlSecondsAfterFinished: {{ $values.ttlSecondsAfterFinished | int }}
{{- end }}
podFailurePolicy:
  rules:
    # A Pod that was drained or preempted says nothing about the cluster. This rule
    # stands first, because the first that fits counts.
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
    # 1 is a mistake in the declaration, 2 is drift: another try ends the same way.
    - action: FailJob
      onExitCodes:
        containerName: kreconcile
        operator: In
        values: [1, 2]
template:
  metadata:
    labels:
      {{- include "kreconcile.selectorLabels" . | nindent 6 }}
      {{- with $values.podLabels }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with $values.podAnnotations }}
    annotations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    # A podFailurePolicy needs it.
    restartPolicy: Never
    serviceAccountName: {{ include "kreconcile.serviceAccountName" . }}
    # The token is all that it asks the API server with.
    automountServiceAccountToken: true
    # A Service named kubernetes in this namespace would replace the address of the
    # API server in the environment.
    enableServiceLinks: false
    {{- with $values.imagePullSecrets }}
    imagePullSecrets:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $values.priorityClassName }}
    priorityClassName: {{ . }}
    {{- end }}
    {{- with $values.podSecurityContext }}
    securityContext:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    containers:
      - name: kreconcile
        {{- if $values.image.digest }}
        image: {{ printf "%s@%s" $values.image.repository $values.image.digest | quote }}
        {{- else }}
        image: {{ printf "%s:%s" $values.image.repository (default .Chart.AppVersion $values.image.tag) | quote }}
        {{- end }}
        {{- with $values.image.pullPolicy }}
        imagePullPolicy: {{ . }}
        {{- end }}
        command: ["/kreconcile"]
        args:
          {{- include "kreconcile.args" . | nindent 10 }}
        {{- with $values.extraEnv }}
        env:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- with $values.resources }}
        resources:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- with $values.securityContext }}
        securityContext:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        volumeMounts:
          - name: declaration
            mountPath: /etc/kreconcile
            readOnly: true
    volumes:
      - name: declaration
        configMap:
          name: {{ include "kreconcile.configMapName" . }}
    {{- with $values.nodeSelector }}
    nodeSelector:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $values.affinity }}
    affinity:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $values.tolerations }}
    tolerations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end }}
