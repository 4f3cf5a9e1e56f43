{{- if .Values.ingress }} # ERROR: Template in a declaration
api "v1" {}
{{- end }}
