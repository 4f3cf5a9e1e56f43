cluster {
  endpoint       = "http://[::1]:8001"
  server_address = "kubernetes.example.com:6443"
}
