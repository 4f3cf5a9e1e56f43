variable "namespace" {
  type    = string
  default = "shop"

  validation {
    condition     = can(regex("^[a-z0-9-]+$", var.namespace)) && length(var.namespace) <= local.most
    error_message = "The namespace ${var.namespace} is not a DNS label."
  }
  validation {
    condition     = !contains(var.reserved, var.namespace)
    error_message = "The namespace is one of ${join(", ", var.reserved)}."
  }
}

variable "reserved" {
  type    = set(string)
  default = ["kube-system", "kube-public", "kube-system"]
}

locals {
  most = 63
}

api "v1" {
  reason = "${var.namespace}, not ${join(" or ", var.reserved)}"
}
