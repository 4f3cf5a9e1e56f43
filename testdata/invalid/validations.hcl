variable "replicas" {
  type    = number
  default = 0                                   # ERROR: Invalid value for variable

  validation {
    condition     = var.replicas > 0
    error_message = "There is one replica at least, and ${var.replicas} are wanted."
  }
  validation {
    condition     = local.limit > 0             # ERROR: Invalid validation
    error_message = "The limit is positive."
  }
  validation {
    condition     = "${var.replicas}"           # ERROR: Incorrect value type
    error_message = "Never shown."
  }
  validation {
    condition     = var.replicas < local.limit
    error_message = ""                          # ERROR: Empty error message
  }
  validation {
    condition     = var.replicas < var.limt     # ERROR: Undeclared variable
    error_message = "Never shown."
  }
  validation {                                  # ERROR: Missing required argument
    condition = var.replicas < 10
  }
}

variable "password" {
  sensitive = true
  default   = "swordfish"                       # ERROR: Invalid value for variable

  validation {
    condition     = length(var.password) > 20
    error_message = "A password has more than 20 characters."
  }
  validation {
    condition     = length(var.password) > 20
    error_message = "It has ${length(var.password)}." # ERROR: Sensitive value not allowed
  }
  validation {
    condition     = tonumber(var.password) > 0  # ERROR: Invalid function argument
    error_message = "A password is a number."
  }
}

variable "short" {
  ephemeral = true                              # ERROR: Unsupported argument
  default   = 1
}

variable "null" {
  default = null

  validation {
    condition     = var.null                    # ERROR: Null value
    error_message = "Never shown."
  }
}

locals {
  limit = 2
}

api "v1" {
  enabled = var.replicas == local.limit && var.password == "" && var.short == 1 && var.null == null
}
