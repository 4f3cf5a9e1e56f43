# What two applications need of one cluster.
cluster {
  kubernetes     = ">= 1.30"
  endpoint       = "https://kubernetes.default.svc"
  server_address = "10.0.1.149:443"
}

cluster {
  kubernetes     = "< 1.38"
  endpoint       = "https://kubernetes.default.svc:443"
  server_address = ["10.0.1.149:443", "10.0.1.150:443"]
  reason         = "the second app"
}

cluster {
  enabled    = false
  kubernetes = "< 1.20"
  endpoint   = "https://elsewhere"
}

cluster {
  severity   = "warning"
  kubernetes = ">= 1.30"
}
