variable "unset" {
  type    = list(string)
  default = null
}

cluster {
  kubernetes     = 1.3              # ERROR: Incorrect value type
  server_address = [1, "a:1"]       # ERROR: Incorrect value type
  severity       = "warn"           # ERROR: Invalid severity
  reason         = ["a"]            # ERROR: Incorrect value type
}

api "v1" {
  enabled   = "true"                # ERROR: Incorrect value type
  preferred = null                  # ERROR: Null value

  resource "pods" {
    verbs        = []               # ERROR: Empty list
    subresources = []               # ERROR: Empty list
    scope        = "namespaced"     # ERROR: Invalid scope
    kind         = "pod"            # WARNING: Unusual kind
  }

  resource "nodes" {
    verbs = [
      "get",
      1,                            # ERROR: Incorrect value type
      null,                         # ERROR: Null value
      "get",                        # ERROR: Repeated item
      "LIST",                       # ERROR: Invalid verb
      "wacth",                      # WARNING: Unusual verb
      "*",                          # ERROR: Invalid verb
    ]
    scope = Cluster                 # ERROR: Unknown name
  }

  resource "secrets" {
    verbs        = var.unset        # ERROR: Null value
    subresources = "status"         # ERROR: Incorrect value type
    remedy       = true             # ERROR: Incorrect value type
    severity     = ""               # ERROR: Invalid severity
  }

  resource "services" {
    scope = "Clster"                # ERROR: Invalid scope
    verbs = { get = true }          # ERROR: Incorrect value type
  }
}

api "batch/v1" {
  resource "jobs" {
    verbs = ["impersonate", "frobnicate"]  # WARNING: Unusual verb # WARNING: Unusual verb
  }
}
