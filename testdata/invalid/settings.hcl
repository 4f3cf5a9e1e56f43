kreconcile {
  required_version = "newest"       # ERROR: Invalid version constraint
}

kreconcile {
  required_version = var.version    # ERROR: Variables not allowed
}

api "v1" {}
