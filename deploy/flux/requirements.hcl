cluster {
  kubernetes = ">= 1.30"
}

api "apps/v1" {
  resource "deployments" {
    verbs        = ["create", "get", "patch", "watch"]
    subresources = ["scale", "status"]
  }
}

api "networking.k8s.io/v1" {
  reason = "The application holds an Ingress."
  resource "ingresses" {
    scope = "Namespaced"
  }
}
