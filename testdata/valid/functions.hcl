variable "groups" {
  type    = map(list(string))
  default = { apps = ["Deployment", "StatefulSet"], batch = [] }
}

locals {
  used = sort([for name, kinds in var.groups : name if length(kinds) > 0])
  next = format("v%d", tonumber(trimprefix("v1", "v")) + 1)
}

api "apps/v1" {
  enabled  = contains(local.used, "apps")
  severity = try(var.groups.other[0], "warning")
  reason   = replace("needs ${join(", ", var.groups.apps)}", "/([A-Z])/", "<$1>")
  remedy   = "not ${upper(local.next)}"

  resource "deployments" {
    verbs = concat(["get"], can(var.groups["apps"]) ? ["list", "watch"] : [])
  }
}
