locals {
  crds = {
    "widgets.example.com/v1" = { plural = "widgets", fields = ["spec.size", "status.ready"], scale = true }
    "gadgets.example.com/v1" = { plural = "gadgets", fields = [], scale = false }
  }
}

dynamic "api" {
  for_each = local.crds
  iterator = crd
  labels   = [crd.key]
  content {
    reason = "${crd.value.plural} are reconciled."

    dynamic "resource" {
      for_each = [crd.value.plural]
      labels   = [resource.value]
      content {
        subresources = crd.value.scale ? ["scale"] : ["status"]

        dynamic "field" {
          for_each = crd.value.fields
          labels   = [field.value]
          content {
            reason = "Field ${field.key} of ${resource.value}."
          }
        }
      }
    }
    kind "Static" {
      enabled = crd.value.scale
    }
  }
}

dynamic "permission" {
  for_each = ["read", "write"]
  labels   = [permission.value]
  content {
    verbs     = permission.value == "read" ? ["get", "list"] : ["update"]
    resources = ["secrets"]
    namespace = "shop"
  }
}

check "all" {
  dynamic "assert" {
    for_each = local.crds
    content {
      condition     = served(assert.key, assert.value.plural)
      error_message = "${assert.value.plural} are not served."
    }
  }
}

check "none" {
  dynamic "assert" {
    for_each = []
    content {
      condition     = served("v1")
      error_message = "There is no core group."
    }
  }
}

api "batch/v1" {
  resource "jobs" {
    dynamic "subresource" {
      for_each = ["status"]
      labels   = [subresource.value]
      content {
        kind = "Job"
      }
    }
  }
  dynamic "kind" {
    for_each = ["CronJob"]
    labels   = ["${kind.value}"]
    content {}
  }
}
