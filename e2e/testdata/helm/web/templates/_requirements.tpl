{{- define "web.requirements" -}}
api "apps/v1" {
  resource "deployments" {}
}
{{- if .Values.ingress.enabled }}
api "networking.k8s.io/v1beta1" {
  reason = "templates/ingress.yaml"
  resource "ingresses" {}
}
{{- end }}
{{- end }}
