variable "off" {
  default = false
}

api "apps/v1" {
  served    = false
  preferred = true                  # ERROR: Contradiction
  available = true                  # ERROR: Contradiction
  resource "deployments" {}         # ERROR: Contradiction
}

api "v1" {
  resource "pods" {
    served       = false
    verbs        = ["get"]          # ERROR: Contradiction
    subresources = ["log"]          # ERROR: Contradiction
    subresource "exec" {}           # ERROR: Contradiction
  }
  resource "nodes" {
    subresource "status" {
      served = false
      kind   = "Node"               # ERROR: Contradiction
    }
    scope = "Cluster"
    kind  = "Node"
  }
}

api "v1" {
  resource "pods" {}                # ERROR: Contradiction
  resource "nodes" {
    scope = "Namespaced"            # ERROR: Contradiction
    kind  = "Nodes"                 # ERROR: Contradiction # WARNING: Unusual kind
  }
  kind "Node" {                     # ERROR: Contradiction
    served = false
  }
}

api "apps/v1beta1" {
  resource "deployments" {
    subresources = ["scale"]
    subresource "status" { kind = "Deployment" }
  }
  kind "StatefulSet" {
    subresources = ["scale"]
  }
}

api "apps/v1beta1" {
  resource "deployments" {
    subresource "scale" {           # ERROR: Contradiction
      served = false
    }
    subresource "status" {
      kind = "Status"               # ERROR: Contradiction
    }
  }

  # Of several resources of a kind, each may meet one of two.
  kind "StatefulSet" {
    subresource "scale" {
      served = false
    }
  }
}

api "batch/v1" {
  preferred = true
}

api "batch/v1" {
  preferred = false                 # ERROR: Contradiction
}

api "batch/v2" {
  preferred = true                  # ERROR: Contradiction
}

api "policy/v1" {}

api "policy/v1" {                   # ERROR: Contradiction
  served = false
}

# Not enabled, so that it contradicts nothing.
api "policy/v1" {
  enabled = var.off
  served  = false
}

api "subresources.example.com/v1" {
  resource "widgets" {
    scope = "Namespaced"
    subresource "log" { served = false }
    subresource "scale" { kind = "Scale" }
  }
  resource "widgets/log" {}           # ERROR: Contradiction
  resource "widgets/scale" {
    kind  = "Size"                    # ERROR: Contradiction
    scope = "Cluster"                 # ERROR: Contradiction
  }
  resource "widgets/start" {
    subresource "x" {}
  }
  resource "widgets/start/x" { served = false } # ERROR: Contradiction
}

api "carriers.example.com/v1" {
  resource "widgets" { served = false }
  resource "widgets/log" {}
}

# Several cluster blocks are joined, and all of them must hold.
cluster {
  kubernetes     = "< 1.30"
  endpoint       = "https://a"
  server_address = "a:1"
}

cluster {
  kubernetes     = ">= 1.31"        # ERROR: Contradiction
  endpoint       = "https://b"      # ERROR: Contradiction
  server_address = "b:1"
}

cluster {
  enabled    = false
  kubernetes = ">= 1.40"
  endpoint   = "https://c"
}

cluster {
  kubernetes = "< 1.20 || >= 1.25"
}

cluster {
  kubernetes = ">= 1.20, < 1.25 || >= 1.30" # ERROR: Contradiction
}
