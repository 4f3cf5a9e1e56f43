ressource "pods" {}                 # ERROR: Unsupported block type

api {}                              # ERROR: Missing apiVersion for api

api "v1" "pods" {}                  # ERROR: Extraneous label for api

api "v1" {
  field "spec" {}                   # ERROR: Unsupported block type
  verb = ["get"]                    # ERROR: Unsupported argument

  resource "pods" {
    verb  = ["get"]                 # ERROR: Unsupported argument
    kinds = "Pod"                   # ERROR: Unsupported argument
    kind "Pod" {}                   # ERROR: Unsupported block type
  }
}

served = true                       # ERROR: Unsupported argument
