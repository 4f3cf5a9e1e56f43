variable "a" {
  default = 1
}

variable "a" {                      # ERROR: Duplicate variable
  default = 2
}

locals {
  x = 1
}

locals {
  x = 2                             # ERROR: Duplicate local value
}

api "v1" {
  resource "pods" {
    subresources = ["log"]
    subresource "log" {}            # ERROR: Duplicate subresource
  }
  resource "pods" {}                # ERROR: Duplicate resource
  kind "Pod" {}
  kind "Pod" {}                     # ERROR: Duplicate kind
}
