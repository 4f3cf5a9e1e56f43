// Package foreign knows the words of Terraform, kubectl and Helm, and says what
// kreconcile has in their place. It reads no command line and prints nothing.
package foreign
