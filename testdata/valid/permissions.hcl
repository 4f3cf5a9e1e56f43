permission "deploy" {
  verbs     = ["create", "patch"]
  resources = ["deployments.apps", "services"]
  namespace = pod.namespace
  reason    = "The release renders them."
}

permission "logs" {
  verbs     = ["get"]
  resources = ["pods/log", "deployments.apps/scale"]
  name      = "web"
}

permission "everything" {
  severity  = "warning"
  verbs     = ["*", "impersonate", "reconcile"]
  resources = ["*", "*.apps", "*.*", "*/scale"]
  namespace = "*"
}

permission "sign" {
  verbs     = ["approve"]
  resources = ["signers.certificates.k8s.io"]
  name      = "example.com/serving"
}

permission "exec" {
  verbs     = ["create"]
  resources = ["pods/exec"]
  name      = "web-0"
}

permission "metrics" {
  enabled           = false
  verbs             = ["get", "*"]
  non_resource_urls = ["/metrics", "/healthz/*"]
}

permission "discovery" {
  verbs             = ["get"]
  non_resource_urls = ["/api", "/api/", "/api/v1", "/api/v1/", "/api/*", "/apis/*", "/apis/apps", "/apis/apps/v1", "/apis/apps/*", "//version/./", "/", "/*", "/apiserver/v1/x"]
}

permission "tenants" {
  verbs     = ["get"]
  resources = ["tenants.example.com", "deployments.apps/finalizers"]
  virtual   = true
}
