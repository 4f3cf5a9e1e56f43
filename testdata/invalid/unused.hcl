variable "alone" {    # WARNING: Unused variable
  default = 1

  validation {
    condition     = var.alone > 0
    error_message = "It is positive."
  }
}

variable "limit" {
  default = 2

  validation {
    condition     = var.limit > 0
    error_message = "It is positive."
  }
}

variable "value" {
  default = 1

  validation {
    condition     = var.value < var.limit
    error_message = "It is below the limit."
  }
}

locals {
  used   = var.value
  unused = local.used # WARNING: Unused local value
}

api "v1" {}
