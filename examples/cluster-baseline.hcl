# What every cluster of a fleet has to serve. It runs against a bare kube-apiserver
# of Kubernetes 1.30 and newer, without any CustomResourceDefinition.

cluster {
  kubernetes = ">= 1.30"
  reason     = "The oldest version that the fleet is patched for."
  remedy     = "Upgrade the control plane."

  # With these, kreconcile also notices that it talks to the wrong cluster:
  #
  # endpoint       = "https://10.0.1.149:443"
  # server_address = ["10.0.1.149:443"]
}

api "v1" {
  resource "namespaces" {
    scope = "Cluster"
    verbs = ["create", "delete", "get", "list", "watch"]
  }

  resource "nodes" {
    scope        = "Cluster"
    subresources = ["status"]
  }

  resource "pods" {
    scope        = "Namespaced"
    subresources = ["ephemeralcontainers", "eviction", "exec", "log"]
    reason       = "kubectl debug, drain, exec and logs."
  }

  resource "serviceaccounts" {
    subresource "token" {
      verbs  = ["create"]
      reason = "Workloads get bound tokens through TokenRequest."
    }
  }
}

api "apps/v1" {
  preferred = true

  resource "daemonsets" {}
  resource "deployments" {}
  resource "replicasets" {}
  resource "statefulsets" {}
}

api "batch/v1" {
  resource "cronjobs" {}
  resource "jobs" {}
}

api "networking.k8s.io/v1" {
  resource "ingresses" {}
  resource "ingressclasses" { scope = "Cluster" }
  resource "networkpolicies" {}
}

api "rbac.authorization.k8s.io/v1" {
  resource "clusterrolebindings" {}
  resource "clusterroles" {}
  resource "rolebindings" {}
  resource "roles" {}
}

api "authorization.k8s.io/v1" {
  resource "selfsubjectaccessreviews" {
    verbs  = ["create"]
    reason = "kubectl auth can-i"
  }
}

api "storage.k8s.io/v1" {
  resource "csidrivers" {}
  resource "storageclasses" { scope = "Cluster" }
}

api "policy/v1" {
  resource "poddisruptionbudgets" {}
}

api "apiextensions.k8s.io/v1" {
  kind "CustomResourceDefinition" {
    scope = "Cluster"
  }
}

api "admissionregistration.k8s.io/v1" {
  resource "validatingadmissionpolicies" {
    reason = "The fleet's policies are written in CEL."
  }
}

# Removed from Kubernetes, so nothing may depend on them any more.
locals {
  removed = "Removed in Kubernetes 1.25 and 1.29."
}

api "policy/v1beta1" {
  served = false
  reason = local.removed
}

api "batch/v1beta1" {
  served = false
  reason = local.removed
}

api "flowcontrol.apiserver.k8s.io/v1beta2" {
  served = false
  reason = local.removed
}
