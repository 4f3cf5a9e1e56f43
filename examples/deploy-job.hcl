# What a Job needs that deploys a web application from inside the cluster, with the
# rights of its own ServiceAccount.

locals {
  # What it does to each object that it deploys.
  deploy = ["create", "get", "patch", "watch"]
}

api "apps/v1" {
  resource "deployments" {
    verbs = local.deploy

    # An API server drops a field that it doesn't know, and says so only in a warning.
    dynamic "field" {
      for_each = ["spec.template.spec.hostUsers", "spec.template.spec.containers[].restartPolicy"]
      labels   = [field.value]

      content {
        reason = "The Deployment sets it."
        remedy = "Upgrade the cluster, or remove the field."
      }
    }
  }
}

# A permission that is missing is drift; all that are missing are reported at once.
# They hold in the namespace that the Job runs in.
permission "deploy" {
  verbs     = local.deploy
  resources = ["deployments.apps", "services"]
  remedy    = "Bind the Role in rbac.yaml to the Job's ServiceAccount."
}

permission "logs" {
  severity  = "warning"
  verbs     = ["get"]
  resources = ["pods/log"]
  reason    = "A deployment that fails shows the logs of its Pods."
}

check "routing" {
  assert {
    condition     = served("gateway.networking.k8s.io/v1", "httproutes") || served("networking.k8s.io/v1", "ingresses")
    error_message = "${live.git_version} serves neither Ingresses nor HTTPRoutes, so that nothing can route to the application."
    remedy        = "Install the Gateway API."
  }
}
