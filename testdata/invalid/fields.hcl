api "apps/v1" {
  field "spec" {}                               # ERROR: Unsupported block type

  resource "deployments" {
    field "" {}                                 # ERROR: Invalid field path
    field "spec.containers[0].name" {}          # ERROR: Invalid field path
    field ".spec.replicas" {}                   # ERROR: Invalid field path
    field "spec/replicas" {}                    # ERROR: Invalid field path
    field "metadata.labels['app']" {}           # ERROR: Invalid field path

    field "spec.paused" {
      type = "bool"                             # ERROR: Invalid field type
    }
    field "spec.replicas" {
      type = "intger"                           # ERROR: Invalid field type
    }
    field "spec.strategy.type" {
      type = "object"
      enum = ["Recreate"]                       # ERROR: Contradiction
    }
    field "spec.a" {
      enum = []                                 # ERROR: Empty list
    }
    field "spec.b" {
      enum     = ["x", "x"]                     # ERROR: Repeated item
      required = "true"                         # ERROR: Incorrect value type
      types    = "string"                       # ERROR: Unsupported argument
    }
    field "spec.c[]" {
      required = true                           # ERROR: Contradiction
    }
    field "spec.d" {
      served   = false
      type     = "string"                       # ERROR: Contradiction
      enum     = ["x"]                          # ERROR: Contradiction
      required = true                           # ERROR: Contradiction
    }
    field "spec.d" {}                           # ERROR: Contradiction # ERROR: Duplicate field
    field "spec.d.e" {}                         # ERROR: Contradiction
  }

  resource "statefulsets" {
    served = false
    field "spec" {}                             # ERROR: Contradiction
  }
}

api "apps/v1" {
  resource "deployments" {
    field "spec.b" {
      type = "integer"                          # ERROR: Contradiction
    }
    field "spec.f" {
      type     = "string"
      required = true
    }
  }
  kind "Deployment" {
    field "spec.f" {
      type = "integer"
    }
  }
}

api "apps/v1" {
  resource "deployments" {
    field "spec.f" {
      required = false                          # ERROR: Contradiction
    }
  }
  kind "Deployment" {
    field "spec.f" {
      type = "number"                           # ERROR: Contradiction
    }
  }
}
