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

cluster {
  kubernetes     = ">= 1.30"
  endpoint       = "https://a"
  server_address = "a:1"
}

cluster {
  kubernetes     = ">= 1.31"        # ERROR: Duplicate cluster attribute
  endpoint       = "https://a"      # ERROR: Duplicate cluster attribute
  server_address = "a:1"            # ERROR: Duplicate cluster attribute
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
