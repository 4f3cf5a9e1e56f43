permission "a b" {                              # ERROR: Invalid name
  verbs     = ["get"]
  resources = ["pods"]
}

permission "nothing" {                          # ERROR: Missing resources
  verbs = ["get"]
}

permission "unsaid" {                           # ERROR: Missing required argument
  resources = ["pods"]
}

permission "both" {
  verbs             = ["get"]
  resources         = ["pods"]
  non_resource_urls = ["/metrics"]              # ERROR: Contradiction
}

permission "both" {                             # ERROR: Duplicate permission
  verbs     = []                                # ERROR: Empty list
  resources = []                                # ERROR: Empty list
  namespace = ""                                # ERROR: Invalid namespace
}

permission "names" {
  verbs = ["get"]
  resources = [
    "",                                         # ERROR: Invalid resource name
    "/metrics",                                 # ERROR: Invalid resource name
    "Deployment",                               # WARNING: Unusual resource name
    "pod s",                                    # ERROR: Invalid resource name
    "apps/v1/deployments",                      # WARNING: Unusual resource name
    "deployments.v1",                           # WARNING: Unusual resource name
    "deployments.a..b",                         # ERROR: Invalid resource name
    "pods/*",                                   # WARNING: Unusual resource name
    "deployments/scale.apps",                   # WARNING: Unusual resource name
    "pods/",                                    # ERROR: Invalid resource name
    "pods/http_requests",                       # WARNING: Unusual resource name
  ]
  namespace = "Shop"                            # ERROR: Invalid namespace
}

permission "verbs" {
  verbs = [
    "gett",                                     # WARNING: Unusual verb
    "GET",                                      # ERROR: Invalid verb
    "get list",                                 # ERROR: Invalid verb
    "frobnicate",
  ]
  resources = ["pods"]
  name      = ""                                # ERROR: Invalid object name
}

permission "objects" {
  verbs     = ["get", "create", "deletecollection"]
  resources = ["pods", "pods/exec"]
  name      = "web"                             # WARNING: Creating by name # ERROR: Contradiction # ERROR: Contradiction
}

permission "any" {
  verbs     = ["get"]
  resources = ["pods"]
  name      = "*"                               # ERROR: Invalid object name
}

permission "spaces" {
  verbs     = ["get"]
  resources = ["pods"]
  name      = "a b"                             # ERROR: Invalid object name
}

permission "paths" {
  verbs             = ["list", "GET"]           # ERROR: Invalid verb # ERROR: Invalid verb
  non_resource_urls = [
    "",                                         # ERROR: Invalid path
    "*",                                        # ERROR: Invalid path
    "metrics",                                  # ERROR: Invalid path
    "/metrics?x",                               # ERROR: Invalid path
    "/a*/b",                                    # ERROR: Invalid path
    "/a b",                                     # ERROR: Invalid path
    "/metrics/../api",                          # ERROR: Invalid path
    "/..",                                      # ERROR: Invalid path
    "/%61pi/v1/secrets",                        # ERROR: Invalid path
    "/api\\v1",                                 # ERROR: Invalid path
  ]
  namespace = "shop"                            # ERROR: Contradiction
  name      = "x"                               # ERROR: Contradiction
}

permission "resources as paths" {               # ERROR: Invalid name
  verbs             = ["get"]
  virtual           = true                      # ERROR: Contradiction
  non_resource_urls = [
    "/api/v1/secrets",                          # ERROR: Path of a resource
    "/api/v1/namespaces/shop/secrets/tls",      # ERROR: Path of a resource
    "/api/v1/namespaces/shop",                  # ERROR: Path of a resource
    "/api/v1/namespaces/shop/finalize",         # ERROR: Path of a resource
    "/api/v1/*",                                # ERROR: Path of a resource
    "/api/v1/sec*",                             # ERROR: Path of a resource
    "/api/v1/watch/pods",                       # ERROR: Path of a resource
    "/api/v1/watch",                            # ERROR: Path of a resource
    "/api/v1/proxy/nodes/n1/metrics",           # ERROR: Path of a resource
    "/apis/apps/v1/deployments",                # ERROR: Path of a resource
    "/apis/apps/v1/namespaces/shop/deployments/web/scale", # ERROR: Path of a resource
    "/apis/apps/v1/namespaces/shop/deployments/*", # ERROR: Path of a resource
    "/apis/apps/v1/*",                          # ERROR: Path of a resource
    "//api/./v1/pods/",                         # ERROR: Path of a resource
  ]
}

permission "spellings" {
  verbs             = ["get"]
  non_resource_urls = [
    "/metrics",
    "//metrics",                                # ERROR: Repeated item
    "/./metrics",                               # ERROR: Repeated item
    "/metrics/",
    "/metrics/.",                               # ERROR: Repeated item
  ]
}

permission "maybe" {
  verbs     = ["get"]
  resources = ["a.example.com"]
  virtual   = "true"                            # ERROR: Incorrect value type
}
