variable "list" {
  type    = list                    # ERROR: Invalid type specification
  default = []
}

variable "word" {
  type    = bool
  default = "maybe"                 # ERROR: Invalid value
}

variable "nothing" {
  nullable = false
  default  = null                   # ERROR: Invalid default
}

variable "strict" {
  sensitive   = "true"              # ERROR: Incorrect value type
  description = 1                   # ERROR: Incorrect value type
  default     = local.x             # ERROR: Variables not allowed
}

variable "later" {
  default = 1
  validations {}                    # ERROR: Unsupported block type
}

api "v1" {
  enabled = var.word
}
