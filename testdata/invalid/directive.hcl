api "v1" {
  reason = "%{VERSION}" # ERROR: Invalid template control keyword
}
