// Package foreign knows what people type who come from Terraform, kubectl or Helm, and says
// what kreconcile has in its place. It reads no command line and prints nothing.
package foreign
