api "v1" {
  resource "pods/log" {
    verbs = ["get"]
  }
  resource "pods/eviction" {
    kind  = "Eviction"
    scope = "Namespaced"
  }
}

api "subresources.kubevirt.io/v1" {
  resource "virtualmachines/start" {}
  resource "virtualmachineinstances" {
    subresources = ["pause", "sev/setupsession"]
  }
  resource "virtualmachineinstances/sev/setupsession" {}
}

api "example.com/v1" {
  kind "Widget" {
    field "spec.ref[\"a.b\"].name" {}
    field "spec[\"mode\"]" {}
  }
}
