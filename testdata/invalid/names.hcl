api "apps" {}                       # ERROR: Invalid apiVersion

api "Deployment" {}                 # ERROR: Invalid apiVersion

api "apps/v1/deployments" {}        # ERROR: Invalid apiVersion

api "networking.k8s.io" {}          # ERROR: Invalid apiVersion

api "" {}                           # ERROR: Invalid apiVersion

api "apps/" {}                      # ERROR: Invalid apiVersion

api "apps/v1/" {}                   # ERROR: Invalid apiVersion

api "v1" {
  resource "Pod" {}                 # WARNING: Unusual resource name
  resource "deployments.apps" {}    # WARNING: Unusual resource name
  kind "pods" {}                    # WARNING: Unusual kind
  resource "Deployments" {}         # WARNING: Unusual resource name
  kind "deployment" {}              # WARNING: Unusual kind
  kind "Pod!" {}                    # WARNING: Unusual kind
  kind "PoK" {}                     # WARNING: Unusual kind
  resource "" {}                    # ERROR: Invalid resource name
  resource "pod s" {}               # ERROR: Invalid resource name
  resource "pods\u0007" {}          # ERROR: Invalid resource name
  resource "pods\u00a0" {}          # ERROR: Invalid resource name
  kind "" {}                        # ERROR: Invalid kind
  kind "Pod " {}                    # ERROR: Invalid kind

  resource "secrets" {
    kind         = ""               # ERROR: Invalid kind
    subresources = ["", "a b"]      # ERROR: Invalid subresource name # ERROR: Invalid subresource name
  }

  resource "nodes" {
    subresources = ["nodes/status"] # WARNING: Unusual subresource name
    subresource "Proxy" {}          # WARNING: Unusual subresource name
  }
}

variable "a b" {                    # ERROR: Invalid name
  default = 1
}

api "batch/v1" {
  available = false                 # ERROR: Invalid available
}
