# What an operator needs that requests certificates from cert-manager and brings a
# CustomResourceDefinition of its own. Run it as a Job before the operator starts,
# so that a missing CRD is reported by name and not found in a crash loop.

variable "metrics" {
  description = "Whether the operator creates ServiceMonitors."
  type        = bool
  default     = false
}

locals {
  read  = ["get", "list", "watch"]
  write = ["create", "delete", "get", "list", "patch", "update", "watch"]
}

cluster {
  kubernetes = ">= 1.28"
  reason     = "The operator's CustomResourceDefinition has validation rules in CEL."
}

# The operator's own API. An error in its installation shows here first.
api "widgets.example.com/v1" {
  reason    = "The operator reconciles Widgets."
  remedy    = "Apply config/crd/widgets.yaml, and wait for its condition Established."
  preferred = true

  kind "Widget" {
    scope        = "Namespaced"
    verbs        = local.write
    subresources = ["status", "scale"]
    reason       = "The operator writes status, and scales Widgets for their autoscaler."
    remedy       = "Apply config/crd/widgets.yaml of the same release as the operator."
  }
}

# Version v1alpha1 was converted and must be gone.
api "widgets.example.com/v1alpha1" {
  served = false
  reason = "The conversion webhook is no longer shipped."
  remedy = "Remove v1alpha1 from spec.versions of the CustomResourceDefinition."
}

api "cert-manager.io/v1" {
  reason = "Each Widget serves TLS with a certificate of its own."
  remedy = "Install cert-manager 1.0 or newer: https://cert-manager.io/docs/installation/"

  # Where the plural is known, resource is more exact than kind.
  resource "certificates" {
    kind  = "Certificate"
    verbs = local.write
  }

  resource "issuers" {
    verbs = local.read
  }
}

api "monitoring.coreos.com/v1" {
  enabled  = var.metrics
  severity = "warning"
  reason   = "Metrics of the operator."
  remedy   = "Install the Prometheus operator, or set metrics to false."

  kind "ServiceMonitor" {
    verbs = local.write
  }
}

api "apps/v1" {
  resource "statefulsets" {
    verbs        = local.write
    subresources = ["status"]
  }
}

api "coordination.k8s.io/v1" {
  resource "leases" {
    verbs  = ["create", "get", "update"]
    reason = "Leader election."
  }
}

api "admissionregistration.k8s.io/v1" {
  resource "validatingwebhookconfigurations" {
    scope = "Cluster"
    verbs = ["get", "patch", "watch"]
  }
}
