variable "secret" {
  sensitive = true
  default   = "hunter2"
}

locals {
  made  = "x-${var.secret}"
  table = { a = 1 }
  found = local.table[var.secret]   # ERROR: Invalid index
}

api "v1" {
  enabled = var.secret == "hunter3"
  reason  = local.made              # ERROR: Sensitive value not allowed
  resource "pods" {
    verbs = [var.secret]            # ERROR: Sensitive value not allowed
    scope = var.secret              # ERROR: Sensitive value not allowed
  }
}

cluster {
  enabled  = var.secret             # ERROR: Incorrect value type
  endpoint = var.secret             # ERROR: Sensitive value not allowed
}
