# ERROR: Every requirement is skipped
api "v1" {
  enabled = false
  resource "pods" {
    enabled = true
  }
}
