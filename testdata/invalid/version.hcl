kreconcile {
  required_version = ">= 2"         # ERROR: Unsupported kreconcile version
}

# Of what a newer kreconcile may know, nothing is said.
future "thing" {}
