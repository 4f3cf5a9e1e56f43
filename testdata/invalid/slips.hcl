api "v1/apps" {}                # WARNING: Unusual apiVersion
api "v1/networking" {}          # WARNING: Unusual apiVersion
api "v1/pods" {}                # WARNING: Unusual apiVersion
api "core/v1" {}                # WARNING: Unusual apiVersion
api "app/v1" {}                 # WARNING: Unusual apiVersion
api "networking/v1" {}          # WARNING: Unusual apiVersion
api "apps/deployment" {}        # WARNING: Unusual apiVersion
api "extensions/v1beta1" {}
api "example/v1" {}
api "v1/Pod" {}                 # ERROR: Invalid apiVersion
api "networking.k8s.io/v1/Ingress" {} # ERROR: Invalid apiVersion
api "apps/v1/deployment" {}     # ERROR: Invalid apiVersion

api "apps/v1" {
  resource "deployment" {}      # WARNING: Unusual resource name
  resource "Deployment" {}      # WARNING: Unusual resource name
  resource "sts" {}             # WARNING: Unusual resource name
  resource "daemonset/status" {} # WARNING: Unusual resource name
  resource "deployments" {
    kind = "deployment"         # WARNING: Unusual kind
  }
  resource "pod" {}
  kind "deployments" {}         # WARNING: Unusual kind
  kind "Daemonset" {}           # WARNING: Unusual kind
  kind "StatefulSets" {}        # WARNING: Unusual kind
}

# A group that Kubernetes does not serve may have any name.
api "example.com/v1" {
  resource "deployment" {}
  resource "pods" {}
}

permission "x" {
  verbs = ["get"]
  resources = [
    "apps/deployments",         # WARNING: Unusual resource name
    "apps/deployment/scale",    # WARNING: Unusual resource name
    "apps/v1/deployments",      # WARNING: Unusual resource name
    "apps/widgets",             # WARNING: Unusual resource name
    "networking/ingresses",     # WARNING: Unusual resource name
    "networking.k8s.io/ingresses", # WARNING: Unusual resource name
    "stable.example.com/crontabs", # WARNING: Unusual resource name
    "core/pods",                # WARNING: Unusual resource name
    "v1/pods",                  # WARNING: Unusual resource name
    "deployment",               # WARNING: Unusual resource name
    "deployments",              # WARNING: Unusual resource name
    "deployment.apps/scale",    # WARNING: Unusual resource name
    "ingresses.networking",     # WARNING: Unusual resource name
    "deployments.v1.apps",      # WARNING: Unusual resource name
    "deployments/scale.apps",   # WARNING: Unusual resource name
    "svc",                      # WARNING: Unusual resource name
    "pod/log",                  # WARNING: Unusual resource name
    "pods/log",
    "deployments.apps/scale",
    "virtualmachines.subresources.kubevirt.io/start",
    "crontabs.stable.example.com/status",
    "deployment.example.com",
    "users",
  ]
}

permission "virtual" {
  verbs     = ["use"]
  resources = ["deployment"]
  virtual   = true
}

locals {
  ingress = "ingress"
}

check "x" {
  assert {
    condition     = served("networking.k8s.io/v1", local.ingress) # WARNING: Unusual resource name
    error_message = "No."
  }
  assert {
    condition     = served("apps/v1", "Deployment") # WARNING: Unusual resource name
    error_message = "No."
  }
  assert {
    condition     = !served("v1/apps", "x") # WARNING: Unusual apiVersion
    error_message = "No."
  }
  assert {
    condition     = !served("v1/pods") # WARNING: Unusual apiVersion
    error_message = "No."
  }
  assert {
    condition     = allowed("get", "apps/deployments") # WARNING: Unusual resource name
    error_message = "No."
  }
  assert {
    condition     = kubernetes(">= 1.37, < 1.30") # WARNING: Impossible version range
    error_message = "No."
  }
  assert {
    condition     = kubernetes("> 1.30, < 1.31") # WARNING: Only pre-releases in version range
    error_message = "No."
  }
  assert {
    condition     = served("networking.k8s.io/v1/Ingress") # ERROR: Invalid function argument
    error_message = "No."
  }
}

cluster {
  kubernetes = "> 1.30, < 1.31"   # WARNING: Only pre-releases in version range
}

cluster {
  kubernetes = "> 1.31.0-alpha.1, < 1.31"
}
