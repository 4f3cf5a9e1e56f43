apiVersion: apps/v1 # ERROR: YAML in a declaration
kind: Deployment
metadata:
  name: shop
