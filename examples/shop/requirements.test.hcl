run "releases that kubeVersion allows" {
  release   = "1.27.."
  variables = { autoscaling = false }
  expect    = "satisfied"
}

run "an older release" {
  release  = "1.26"
  findings = { "cluster.kubernetes" = "drifted" }
}

run "without metrics-server" {
  release  = "1.34"
  findings = { "api[\"metrics.k8s.io/v1beta1\"]" = "drifted" }

  override {
    api   = "metrics.k8s.io/v1beta1"
    state = "absent"
  }
}
