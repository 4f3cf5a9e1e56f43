api "apps" {}                       # ERROR: Invalid apiVersion

api "Deployment" {}                 # ERROR: Invalid apiVersion

api "apps/v1/deployments" {}        # ERROR: Invalid apiVersion

api "networking.k8s.io" {}          # ERROR: Invalid apiVersion

api "" {}                           # ERROR: Invalid apiVersion

api "apps/" {}                      # ERROR: Invalid apiVersion

api "apps/v1/" {}                   # ERROR: Invalid apiVersion

api "v1" {
  resource "pods/log" {}            # ERROR: Invalid resource name
  resource "Pod" {}                 # ERROR: Invalid resource name
  resource "deployments.apps" {}    # ERROR: Invalid resource name
  kind "pods" {}                    # ERROR: Invalid kind
  resource "Deployments" {}         # ERROR: Invalid resource name
  kind "deployment" {}              # ERROR: Invalid kind
  kind "Pod!" {}                    # ERROR: Invalid kind
  kind "PoK" {}                     # ERROR: Invalid kind

  resource "nodes" {
    subresources = ["nodes/status"] # ERROR: Invalid subresource name
    subresource "Proxy" {}          # ERROR: Invalid subresource name
  }
}

variable "a b" {                    # ERROR: Invalid name
  default = 1
}
