cluster {
  kubernetes = ">= 1.40, < 1.30" # ERROR: Impossible version range
}
api "v1" {}
