variable "secret" {
  sensitive = true
  default   = "hunter2"
}

locals {
  version = live.version                        # ERROR: Known only from the cluster
  served  = [for api in ["v1"] : served(api)]   # ERROR: Known only from the cluster
}

api "v1" {
  enabled = served("v1")                        # ERROR: Known only from the cluster
  reason  = "${kubernetes(">= 1.30")}"          # ERROR: Known only from the cluster
  remedy  = live.platform                       # ERROR: Known only from the cluster
}

api "apps/v1" {
  reason = "on ${live.platform}"                # ERROR: Known only from the cluster
  remedy = "if ${served("v1")} or not"          # ERROR: Known only from the cluster
}

check "empty" {}                                # ERROR: Missing assert

check "a b" {                                   # ERROR: Invalid name
  assert {                                      # ERROR: Missing required argument # ERROR: Missing required argument
  }
}

check "twice" {
  assert {
    condition     = allowed("get", "pods")
    error_message = "No."
  }
}

check "twice" {                                 # ERROR: Duplicate check
  enabled = allowed("get", "pods")              # ERROR: Known only from the cluster
  assert {
    condition     = live                        # ERROR: Incomplete reference
    error_message = live.versoin                # ERROR: Unknown reference
  }
}

check "types" {
  assert {
    condition     = "true"                      # ERROR: Incorrect value type
    error_message = 5                           # ERROR: Incorrect value type
  }
  assert {
    condition     = live.version                # ERROR: Incorrect value type
    error_message = served("v1")                # ERROR: Incorrect value type
  }
  assert {
    condition     = null                        # ERROR: Null value
    error_message = " "                         # ERROR: Empty error message
  }
}

check "arguments" {
  assert {
    condition     = served("v1", "pods") || served("apps/v1/deployments")          # ERROR: Invalid function argument
    error_message = "a"
  }
  assert {
    condition     = served("v1") && (served("v1", "po ds") ? kubernetes("newest") : allowed("get", "pods", ""))  # ERROR: Invalid function argument # ERROR: Invalid function argument # ERROR: Invalid function argument
    error_message = "a"
  }
  assert {
    condition     = served() || served("v1", "pods", "x") || allowed("get") || allowed("GET", "pods") || kubernetes(1, 2)  # ERROR: Not enough function arguments # ERROR: Invalid function argument # ERROR: Not enough function arguments # ERROR: Invalid function argument # ERROR: Too many function arguments
    error_message = "a"
  }
  assert {
    condition     = allowed("get", "Pod s") || servd("v1")                          # ERROR: Unknown function
    error_message = "a ${nothing()}"                                               # ERROR: Unknown function
  }
  assert {
    condition     = true || nothing("x")        # ERROR: Unknown function
    error_message = "a"
  }
  assert {
    condition     = served("ingresses")         # ERROR: Invalid function argument
    error_message = "a"
  }
  assert {
    condition     = served("v1") || live.version.x == 1                            # ERROR: Unsupported attribute
    error_message = "a"
  }
}

check "secrets" {
  assert {
    condition     = var.secret == "hunter3" || served("v1")
    error_message = "It is ${var.secret}."      # ERROR: Sensitive value not allowed
  }
  assert {
    condition     = served(var.secret)          # ERROR: Sensitive value not allowed
    error_message = live.version == "" ? var.secret : "a"                          # ERROR: Sensitive value not allowed
  }
  assert {
    condition     = alltrue([for x in [var.secret] : served("v1", x)])             # ERROR: Sensitive value not allowed
    error_message = "a"
  }
  assert {
    condition     = alltrue([for x in [1, 2] : alltrue([for k, v in { (var.secret) = x } : allowed("get", "pods", k)])]) # ERROR: Sensitive value not allowed
    error_message = "a"
  }
  assert {
    condition     = alltrue([for x in ["pods"] : served("v1", x)]) && var.secret != "a"
    error_message = "a"
  }
}

check "constant" {
  assert {
    condition     = served("v1") || true        # WARNING: Constant condition
    error_message = "a"
  }
  assert {
    condition     = served("v1") && 1 > 2       # WARNING: Constant condition
    error_message = "a"
  }
}
