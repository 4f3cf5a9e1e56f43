variable "autoscaling" {
  type    = bool
  default = true
}

cluster {
  kubernetes = ">= 1.27"
  reason     = "In 1.26, unhealthyPodEvictionPolicy is off by default."
}

api "v1" {
  kind "Service" {
    reason = "shop/templates/service.yaml"
  }
}

api "apps/v1" {
  kind "Deployment" {
    reason = "shop/templates/deployment.yaml"
  }
}

api "autoscaling/v2" {
  enabled = var.autoscaling

  kind "HorizontalPodAutoscaler" {
    reason = "shop/templates/hpa.yaml"
  }
}

api "metrics.k8s.io/v1beta1" {
  enabled = var.autoscaling
  reason  = "The HorizontalPodAutoscaler scales by CPU."
  remedy  = "Install metrics-server."
}

api "networking.k8s.io/v1" {
  kind "Ingress" {
    reason = "shop/templates/ingress.yaml"
  }
}

api "policy/v1" {
  kind "PodDisruptionBudget" {
    reason = "shop/templates/pdb.yaml"

    field "spec.unhealthyPodEvictionPolicy" {}
  }
}
