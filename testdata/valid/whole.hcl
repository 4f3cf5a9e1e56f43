# Everything that the language has.
kreconcile {
  required_version = ">= 0.1, < 1"
}

variable "verbs" {
  description = "What is done with deployments."
  type        = list(string)
  default     = ["get", "list"]
}

variable "gateway" {
  type      = bool
  default   = "false"
  sensitive = true
}

locals {
  place = "templates/${local.file}"
  file  = "deployment.yaml"
  short = [for v in var.verbs : v if v != "list"]
}

api "apps/v1" {
  reason    = local.place
  preferred = true

  resource "deployments" {
    kind         = "Deployment"
    scope        = "Namespaced"
    verbs        = var.verbs
    subresources = ["scale"]
    reason       = "in ${pod.namespace}"

    subresource "status" {
      verbs = ["get", "patch"]
      kind  = "Deployment"
    }
  }

  kind "StatefulSet" {
    verbs = local.short
  }

  resource "controllerrevisions" {
    served   = false
    severity = "warning"
    remedy   = "None."
  }
}

cluster {
  kubernetes     = ">= 1.30, < 1.38"
  endpoint       = "HTTPS://API.Example.com"
  server_address = ["10.0.1.149:443", "[FD00::1]:6443"]
  severity       = "warning"
  reason         = "The fleet."
  remedy         = "Ask the platform team."
}

api "gateway.networking.k8s.io/v1" {
  enabled = var.gateway

  kind "HTTPRoute" {
    subresources = ["status"]
    severity     = "warning"

    subresource "scale" {
      served = false
    }
  }
}

# Merged with the block above, under an address of its own.
api "apps/v1" {
  severity = "warning"

  resource "deployments" {
    verbs = ["watch"]
  }
}
