# What a Helm release of a web service needs before `helm upgrade` runs:
#
#   kreconcile apply web-release.hcl --var autoscaling=true

variable "autoscaling" {
  description = "Whether the release renders a HorizontalPodAutoscaler."
  type        = bool
  default     = true
}

variable "budget" {
  description = "Whether the release renders a PodDisruptionBudget."
  type        = bool
  default     = true
}

locals {
  # What Helm does to each object that it renders.
  manage = ["create", "delete", "get", "list", "patch", "update", "watch"]
}

cluster {
  kubernetes = ">= 1.27"
  reason     = "The chart's kubeVersion."
  remedy     = "Upgrade the cluster, or stay on an older release of the chart."
}

api "v1" {
  resource "configmaps" { verbs = local.manage }
  resource "secrets" { verbs = local.manage }
  resource "services" { verbs = local.manage }

  resource "pods" {
    verbs        = ["get", "list", "watch"]
    subresources = ["log"]
    reason       = "The release's test reads the logs of its Pods."
  }
}

api "apps/v1" {
  resource "deployments" {
    scope  = "Namespaced"
    verbs  = local.manage
    reason = "templates/deployment.yaml"

    subresource "scale" {
      kind = "Scale"
    }
  }
}

api "networking.k8s.io/v1" {
  reason = "templates/ingress.yaml"

  resource "ingresses" {
    verbs = local.manage
  }
}

# An enabled that is false skips the block and all that it holds.
api "autoscaling/v2" {
  enabled = var.autoscaling
  reason  = "templates/hpa.yaml"
  remedy  = "Set autoscaling.enabled=false in the release's values."

  resource "horizontalpodautoscalers" {
    verbs = local.manage
  }
}

api "policy/v1" {
  enabled = var.budget
  reason  = "templates/pdb.yaml"

  resource "poddisruptionbudgets" {
    verbs = local.manage
  }
}

# Nothing of the release uses them, but a cluster that still serves them is older
# than the chart is tested with.
api "policy/v1beta1" {
  served   = false
  severity = "warning"
}

api "autoscaling/v2beta2" {
  served   = false
  severity = "warning"
}
