{{- /* The value of a variable: kreconcile takes text, numbers and bools as they are,
and anything else as an HCL expression, as JSON is except for template sequences.
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
{{- with $values.interval }}
- --interval={{ . }}
{{- end }}
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

{{- /* The Job's spec, from the same dict as the objects. */}}
{{- define "kreconcile.jobSpec" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $openshift := toString $values.openshift -}}
{{- if eq $openshift "auto" -}}
{{- $openshift = toString (.root.Capabilities.APIVersions.Has "security.openshift.io/v1") -}}
{{- end -}}
{{- $podContext := $values.podSecurityContext | default (dict) -}}
{{- $context := $values.securityContext | default (dict) -}}
{{- if eq $openshift "true" -}}
{{- $podContext = omit $podContext "runAsUser" "runAsGroup" "fsGroup" -}}
{{- $context = omit $context "runAsUser" "runAsGroup" -}}
{{- end -}}
backoffLimit: {{ $values.backoffLimit | int }}
activeDeadlineSeconds: {{ $values.activeDeadlineSeconds | int }}
{{- if not (kindIs "invalid" $values.ttlSecondsAfterFinished) }}
ttlSecondsAfterFinished: {{ $values.ttlSecondsAfterFinished | int }}
{{- end }}
podFailurePolicy:
  rules:
    # A Pod that was drained or preempted says nothing about the cluster. This rule
    # comes first, because the first that fits counts.
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
    # 1 is an error in the declaration, 2 is drift: another try ends the same way.
    - action: FailJob
      onExitCodes:
        containerName: kreconcile
        operator: In
        values: [1, 2]
template:
  metadata:
    labels:
      {{- toYaml (merge (include "kreconcile.selectorLabels" $root | fromYaml) ($values.podLabels | default (dict)) ($values.labels | default (dict))) | nindent 6 }}
    {{- with merge (dict) ($values.podAnnotations | default (dict)) ($values.annotations | default (dict)) }}
    annotations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    # A podFailurePolicy needs it.
    restartPolicy: Never
    serviceAccountName: {{ include "kreconcile.serviceAccountName" . | quote }}
    # The token comes by the volume kube-api-access, whatever the account says, and where a
    # policy forbids the automatic one.
    automountServiceAccountToken: false
    # A Service named kubernetes in this namespace would replace the address of the
    # API server in the environment.
    enableServiceLinks: false
    {{- with $values.imagePullSecrets }}
    imagePullSecrets:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $values.priorityClassName }}
    priorityClassName: {{ . | quote }}
    {{- end }}
    {{- with $values.runtimeClassName }}
    runtimeClassName: {{ . | quote }}
    {{- end }}
    {{- if not (kindIs "invalid" $values.hostUsers) }}
    hostUsers: {{ $values.hostUsers }}
    {{- end }}
    {{- with $podContext }}
    securityContext:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    containers:
      - name: kreconcile
        {{- if $values.image.digest }}
        image: {{ printf "%s@%s" $values.image.repository $values.image.digest | quote }}
        {{- else }}
        image: {{ printf "%s:%s" $values.image.repository (default $root.Chart.AppVersion $values.image.tag) | quote }}
        {{- end }}
        {{- with $values.image.pullPolicy }}
        imagePullPolicy: {{ . | quote }}
        {{- end }}
        command: ["/kreconcile"]
        args:
          {{- include "kreconcile.args" $root | nindent 10 }}
        env:
          # The container's memory limit, in bytes. kreconcile stops a declaration that would
          # take more.
          - name: GOMEMLIMIT
            valueFrom:
              resourceFieldRef:
                resource: limits.memory
          {{- with $values.extraEnv }}
          {{- toYaml . | nindent 10 }}
          {{- end }}
        {{- with $values.resources }}
        resources:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- with $context }}
        securityContext:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        volumeMounts:
          - name: declaration
            mountPath: /etc/kreconcile
            readOnly: true
          - name: kube-api-access
            mountPath: /var/run/secrets/kubernetes.io/serviceaccount
            readOnly: true
          {{- with $values.extraVolumeMounts }}
          {{- toYaml . | nindent 10 }}
          {{- end }}
    volumes:
      - name: declaration
        configMap:
          name: {{ include "kreconcile.configMapName" . | quote }}
      - name: kube-api-access
        projected:
          sources:
            - serviceAccountToken:
                path: token
                expirationSeconds: 3607
            - configMap:
                name: kube-root-ca.crt
                items:
                  - key: ca.crt
                    path: ca.crt
            - downwardAPI:
                items:
                  - path: namespace
                    fieldRef:
                      fieldPath: metadata.namespace
      {{- with $values.extraVolumes }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
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
