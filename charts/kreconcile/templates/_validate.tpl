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
{{- /* What kreconcile itself would refuse. */}}
{{- $consecutive := int $values.consecutive }}
{{- $interval := 5 }}
{{- if $values.interval }}
{{- $interval = include "kreconcile.seconds" $values.interval | int }}
{{- end }}
{{- if not $wait }}
{{- if gt $consecutive 1 }}
{{- fail (printf "kreconcile: consecutive is %d, which needs wait: one pass cannot be satisfied more than once" $consecutive) }}
{{- end }}
{{- if $values.interval }}
{{- fail (printf "kreconcile: interval is %s, which needs wait: there is no pause in one pass" $values.interval) }}
{{- end }}
{{- else }}
{{- if not $interval }}
{{- fail (printf "kreconcile: interval is %s, which must be at least 1s" $values.interval) }}
{{- end }}
{{- $pauses := max (sub $consecutive 1) 1 }}
{{- if ge (mul $interval $pauses) $wait }}
{{- fail (printf "kreconcile: wait is %s, which is too short for %d passes with pauses of %ds (interval)" $values.wait (add $pauses 1) $interval) }}
{{- end }}
{{- end }}
{{- if not $timeout }}
{{- fail "kreconcile: timeout must be more than 0s" }}
{{- end }}
{{- range $argument := $values.extraArgs }}
{{- range tuple "wait" "interval" "consecutive" "timeout" "termination-log" "fail-on-warning" "allow-undetermined" "warn-only" }}
{{- if eq (index (splitList "=" $argument) 0) (printf "--%s" .) }}
{{- fail (printf "kreconcile: extraArgs has %s, which the chart sets itself by its other values" $argument) }}
{{- end }}
{{- end }}
{{- end }}
{{- $account := $values.serviceAccount }}
{{- if and $account.create (eq (toString (default "" $account.name)) "default") }}
{{- fail "kreconcile: serviceAccount.name is default, an account that each namespace has: leave serviceAccount.create at false to use it, or give another name" }}
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
