# Which clusters the release of web-release.hcl runs on, tested without one:
#
#   kreconcile test web-release.test.hcl

# There are other declarations in this folder.
declaration = "web-release.hcl"

run "on each release that the chart supports" {
  release = "1.27.."
  expect  = "satisfied"
}

run "on older releases" {
  release  = "..1.26"
  expect   = "drifted"
  findings = { "cluster.kubernetes" = "drifted" }
}

run "without autoscaling" {
  release   = "1.34"
  variables = { autoscaling = false }
  expect    = "satisfied"
  findings  = { "api[\"autoscaling/v2\"]" = "skipped" }
}

run "while an API may not be read" {
  release = "1.34"

  override {
    api   = "networking.k8s.io/v1"
    state = "forbidden"
  }

  expect = "undetermined"
}
