variable "ingress" {
  type = bool
}

api "apps/v1" {
  resource "deployments" {
    verbs = ["create", "patch"]
  }
}

api "networking.k8s.io/v1" {
  enabled = var.ingress
  reason  = "templates/ingress.yaml"

  resource "ingresses" {}
}
