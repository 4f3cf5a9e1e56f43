variable "shop" {
  default = "shop"
}

api "v1" {
  enabled   = True              # ERROR: Unknown name
  preferred = no                # ERROR: Unknown name
  reason    = shop              # ERROR: Unknown name
  severity  = warning           # ERROR: Unknown name
  remedy    = <<-EOT
    helm install --version ${VERSION}  # ERROR: Unknown name
    with ${image.tag} of $${VERSION}   # ERROR: Unknown reference
  EOT
}

api "apps/v1" {
  reason = var.shop
  remedy = None                 # ERROR: Unknown name
}

# Blocks and attributes in the wrong place.
resource "pods" {}              # ERROR: Unsupported block type
field "spec" {}                 # ERROR: Unsupported block type
assert {}                       # ERROR: Unsupported block type
verbs      = ["get"]            # ERROR: Unsupported argument
kubernetes = ">= 1.30"          # ERROR: Unsupported argument

cluster {
  resource "pods" {}            # ERROR: Unsupported block type
}

variable "version" {
  default = "1.0-${BUILD}"      # ERROR: Variables not allowed
}
