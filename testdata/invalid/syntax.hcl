api "v1" {
  resource "pods" { verbs = ["get"] # ERROR: Invalid single-argument block definition
  }
}
