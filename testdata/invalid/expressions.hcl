variable "gateway" {
  default = true
}

variable "needed" {                 # ERROR: Missing variable
  type = string
}

locals {
  a      = local.b                  # ERROR: Cycle of local values
  b      = local.c
  c      = local.a
  self   = local.self               # ERROR: Cycle of local values
  after  = local.a
  length = length([1])              # ERROR: Function calls not allowed
  zero   = 1 / 0                    # ERROR: Number out of range
  plus   = "a" + 1                  # ERROR: Invalid operand
}

api "v1" {
  enabled  = var.gatway             # ERROR: Undeclared variable
  reason   = local.lenght           # ERROR: Undeclared local value
  remedy   = live.version           # ERROR: Known only from the cluster
  severity = var                    # ERROR: Incomplete reference

  resource "pods" {
    reason = pod.name               # ERROR: Unknown reference
    remedy = pod.namespace          # ERROR: Unknown namespace
    verbs  = var["gateway"]         # ERROR: Incomplete reference
  }

  resource "nodes" {
    reason = local.after
    scope  = var.needed
  }
}
