# ERROR: Nothing is required
locals {
  a = 1
}
