locals {
  unknown   = regx("a", "b")             # ERROR: Unknown function
  case      = Upper("a")                 # ERROR: Unknown function
  files     = file("values.yaml")        # ERROR: Function not available
  clock     = try(timestamp(), "never")  # ERROR: Function not available
  reveal    = can(nonsensitive("a"))     # ERROR: Function not available
  failed    = regex("a", "b")            # ERROR: Error in function call
  arguments = upper()                    # ERROR: Not enough function arguments
  many      = upper("a", "b")            # ERROR: Too many function arguments
  argument  = upper(["a"])               # ERROR: Invalid function argument
  expanded  = max("a"...)                # ERROR: Invalid expanding argument value
  tried     = try(local.nothing, "")     # ERROR: Undeclared local value
  wide      = format("%1001d", 1)        # ERROR: Invalid function argument
  pattern   = regex("(a{100}){100}", "") # ERROR: Invalid function argument
  repeated  = regex("a{900}b{900}", "")  # ERROR: Invalid function argument
  large     = setproduct(range(1000), range(1000), range(1000)) # ERROR: Error in function call
  numbers   = tonumber("1e10001")        # ERROR: Invalid function argument
  exponent  = "${"1e999999999" * 1}"     # ERROR: Value too large
  made      = "${join("e", ["1", "999999999"]) * 1}" # ERROR: Value too large
  deep      = jsondecode(join("", [for i in range(600) : "["])) # ERROR: Invalid function argument
  infinite  = pow(10, 309)               # ERROR: Error in function call
  none      = log(-1, 10)                # ERROR: Error in function call
  namespace = provider::a::b()           # ERROR: Unknown function
}

variable "constant" {
  default = upper("a") # ERROR: Function calls not allowed
}

api "v1" {}
