variable "secret" {
  sensitive = true
  default   = "hunter2"
}

variable "gateway" {
  type    = bool
  default = false
}

check "routing" {
  reason   = "The chart renders one of them."
  severity = "warning"

  assert {
    condition     = served("networking.k8s.io/v1", "ingresses") || served("gateway.networking.k8s.io/v1", "httproutes")
    error_message = "Neither Ingress nor HTTPRoute is served."
    remedy        = "Install the Gateway API."
  }
  assert {
    condition     = !var.gateway || served("gateway.networking.k8s.io/v1")
    error_message = "The Gateway API is not served by ${live.git_version} on ${live.platform}."
    severity      = "error"
    reason        = "The gateway is on."
  }
}

check "rights" {
  remedy = "Apply rbac.yaml."

  assert {
    condition     = allowed("get", "pods/log", pod.namespace) && (kubernetes(">= 1.30") ? allowed("create", "deployments.apps") : allowed("*", "*.*", "*"))
    error_message = "Not allowed in version ${live.version}."
  }
  assert {
    enabled       = var.gateway
    condition     = var.secret != "hunter2" || served("v1", "pods")
    error_message = "The secret is the one of the tutorial."
  }
}
