variable "secret" {
  sensitive = true
  default   = ["hunter2"]
}

dynamic "cluster" {                             # ERROR: Invalid dynamic block
  for_each = []
  content {}
}

dynamic "resource" {                            # ERROR: Invalid dynamic block
  for_each = []
  content {}
}

dynamic {                                       # ERROR: Missing type for dynamic
  for_each = []
}

dynamic "api" {                                 # ERROR: Missing required argument
  content {}
}

dynamic "api" {                                 # ERROR: Missing content
  for_each = ["v1"]
  labels   = [api.value]
}

dynamic "api" {
  for_each = ["v1"]
  labels   = [api.value]
  content {}
  content {}                                    # ERROR: Duplicate content
}

dynamic "api" {                                 # ERROR: Missing label
  for_each = ["v1"]
  content {}
}

dynamic "api" {
  for_each = ["v1"]
  labels   = [api.value, api.key]               # ERROR: Invalid label
  content {}
}

dynamic "api" {
  for_each = ["v1"]
  iterator = "x"                                # ERROR: Invalid iterator
  labels   = [api.value]
  content {}
}

dynamic "api" {
  for_each = ["v1"]
  iterator = var                                # ERROR: Invalid iterator
  labels   = [api.value]
  content {}
}

dynamic "api" {
  for_each = null                               # ERROR: Null value
  labels   = [api.value]
  content {}
}

dynamic "api" {
  for_each = "v1"                               # ERROR: Incorrect value type
  labels   = [api.value]
  content {}
}

dynamic "api" {
  for_each = var.secret                         # ERROR: Sensitive value not allowed
  labels   = [api.value]
  content {}
}

dynamic "api" {
  for_each = [1, 2]
  labels   = [api.value]                        # ERROR: Incorrect value type
  content {}
}

dynamic "api" {
  for_each = ["apps/v1", "batch/v1"]
  labels   = [api.value]
  content {
    reasons = "a"                               # ERROR: Unsupported argument
    resource "pods" {
      kinds = "Pod"                             # ERROR: Unsupported argument
      dynamic "field" {
        for_each = []
        labels   = [field.value]
        content {
          typ = "string"                        # ERROR: Unsupported argument
        }
      }
      dynamic "kind" {                          # ERROR: Invalid dynamic block
        for_each = []
        content {}
      }
    }
  }
}

dynamic "api" {
  for_each = ["apps", "batch/v1"]
  labels   = [api.value]                        # ERROR: Invalid apiVersion
  content {
    reason = api.valu                           # ERROR: Unsupported attribute
    remedy = item.value                         # ERROR: Unknown reference
    dynamic "resource" {                        # ERROR: Duplicate resource
      for_each = ["jobs", "jobs"]
      labels   = [resource.value]
      content {
        scope = resource.key                    # ERROR: Incorrect value type
      }
    }
  }
}

check "labels" {
  dynamic "assert" {
    for_each = ["v1"]
    labels   = ["x"]                            # ERROR: Unsupported argument
    content {
      condition     = served("v1")
      error_message = "a"
    }
  }
  dynamic "assert" {
    for_each = ["apps", "v1"]
    content {
      condition     = served(assert.value) || kubernetes("new")                    # ERROR: Invalid function argument # ERROR: Invalid function argument
      error_message = "a"
    }
  }
}

permission "live" {
  verbs     = ["get"]
  resources = [for x in ["pods"] : "${x}.${live.version}"]                         # ERROR: Known only from the cluster
}
