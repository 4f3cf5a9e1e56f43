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
{{- if not ($values.image | default (dict)).repository }}
{{- fail "kreconcile: set image.repository to an image of kreconcile, such as ghcr.io/kreconcile/kreconcile" }}
{{- end }}
{{- if not (has $values.mode (list "hook" "job")) }}
{{- fail "kreconcile: mode must be hook or job" }}
{{- end }}
{{- if and $values.declaration $values.existingConfigMap }}
{{- fail "kreconcile: set either declaration or existingConfigMap, not both" }}
{{- end }}
{{- if not $values.existingConfigMap }}
{{- $files := $values.declaration }}
{{- if not (kindIs "map" $files) }}
{{- $files = dict "declaration" (toString (default "" $files)) }}
{{- end }}
{{- $text := "" }}
{{- range $name, $content := $files }}
{{- if and (kindIs "map" $values.declaration) (not (regexMatch "^[A-Za-z0-9_][-._A-Za-z0-9]*\\.hcl(\\.json)?$" $name)) }}
{{- fail (printf "kreconcile: declaration has the file %q: kreconcile reads files whose name ends in .hcl or .hcl.json" $name) }}
{{- end }}
{{- $text = print $text "\n" $content }}
{{- end }}
{{- /* The text without comments. */}}
{{- $text = regexReplaceAll "(?s)/\\*.*?\\*/" $text "" }}
{{- $text = regexReplaceAll "(?m)(#|//).*$" $text "" }}
{{- if not (regexReplaceAll "[\\s{}]" $text "") }}
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
{{- if lt $consecutive 1 }}
{{- fail "kreconcile: consecutive must be at least 1" }}
{{- end }}
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
{{- $flag := regexReplaceAll "^--?([^=]*).*$" $argument "${1}" }}
{{- if has $flag (list "wait" "interval" "consecutive" "timeout" "termination-log" "fail-on-warning" "allow-undetermined" "warn-only" "snapshot" "release" "help" "h" "version") }}
{{- fail (printf "kreconcile: extraArgs has %s: the chart sets it by its other values, or the Job would not check the cluster" $argument) }}
{{- end }}
{{- end }}
{{- include "kreconcile.validateNames" . }}
{{- /* The Job makes up to backoffLimit more Pods, after pauses of 10s, 20s, 40s and so on. */}}
{{- $limit := ternary $wait $timeout (gt $wait 0) }}
{{- $needed := $limit }}
{{- $pause := 10 }}
{{- range until (int $values.backoffLimit) }}
{{- $needed = add $needed $limit $pause | int }}
{{- $pause = min (mul 2 $pause) 600 }}
{{- end }}
{{- if le $deadline $needed }}
{{- $what := ternary (printf "wait (%s)" $values.wait) (printf "timeout (%s)" $values.timeout) (gt $wait 0) }}
{{- if int $values.backoffLimit }}
{{- $what = printf "%s for each of %d Pods, and the pauses between them (%ds together)" $what (add1 (int $values.backoffLimit)) $needed }}
{{- end }}
{{- fail (printf "kreconcile: activeDeadlineSeconds is %d, which must be above %s: a Job that is ended before has no verdict" $deadline $what) }}
{{- end }}
{{- if ge $deadline $helm }}
{{- fail (printf "kreconcile: activeDeadlineSeconds is %d, which must be below helm's --timeout (helmTimeout: %s): Helm would give up before the verdict. Where you give a longer --timeout to helm, say so in helmTimeout" $deadline $values.helmTimeout) }}
{{- end }}
{{- end }}

{{- /* The values must not name an object that a hook deletes, or that a hook cannot see yet. */}}
{{- define "kreconcile.validateNames" -}}
{{- $values := .Values }}
{{- $account := $values.serviceAccount | default (dict) }}
{{- $name := toString (default "" $account.name) }}
{{- if and $account.create (eq $name "default") }}
{{- fail "kreconcile: serviceAccount.name is default, an account that each namespace has: leave serviceAccount.create at false to use it, or give another name" }}
{{- end }}
{{- if eq $values.mode "hook" }}
{{- if and $account.create $name (not (hasSuffix "-kreconcile" $name)) }}
{{- fail (printf "kreconcile: serviceAccount.create would make the account %q a hook, which Helm removes after the check: leave serviceAccount.create at false to use an account that exists, or give a name that ends in -kreconcile" $name) }}
{{- end }}
{{- $existing := toString (default "" $values.existingConfigMap) }}
{{- if $existing }}
{{- $found := lookup "v1" "ConfigMap" .Release.Namespace $existing | default (dict) }}
{{- $annotations := get (get $found "metadata" | default (dict)) "annotations" | default (dict) }}
{{- if and (eq (get $annotations "meta.helm.sh/release-name") .Release.Name) (eq (get $annotations "meta.helm.sh/release-namespace") .Release.Namespace) }}
{{- fail (printf "kreconcile: existingConfigMap %q is a part of this release: its hook would check what the last revision declared. Set declaration, or make the ConfigMap before the release" $existing) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
