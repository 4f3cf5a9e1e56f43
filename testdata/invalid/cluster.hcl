cluster {
  kubernetes     = "~> 1.30"        # ERROR: Invalid version constraint
  endpoint       = "10.0.1.149:443" # ERROR: Invalid endpoint
  server_address = "10.0.1.149"     # ERROR: Invalid server address
}
