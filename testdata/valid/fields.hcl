api "gateway.networking.k8s.io/v1" {
  kind "HTTPRoute" {
    severity = "warning"

    field "spec.rules[].timeouts.request" {
      type   = "string"
      reason = "templates/httproute.yaml"
    }
    field "spec.hostnames[]" {}
  }
}

api "apps/v1" {
  resource "deployments" {
    field "spec.template.spec.containers[].resources.limits.*" {
      type = "int-or-string"
    }
    subresources = ["status"]

    field "spec.strategy.type" {
      enum     = ["RollingUpdate"]
      required = false
    }
    subresource "scale" {}

    field "spec.rollbackTo" {
      served = false
    }
    field "spec.matrix[][]" {
      enabled = false
    }
    field "spec.port" {
      type = "int-or-string"
      enum = ["http"]
    }
    field "spec.surge" {
      type = "int-or-string"
    }
  }
}

api "apps/v1" {
  resource "deployments" {
    field "spec.surge" {
      enum = ["25%"]
    }
  }
}
