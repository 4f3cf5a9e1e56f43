# The smallest useful declaration: this API must be served.
api "apps/v1" {
  resource "deployments" {}
}
