"""The engine's side: a Pulumi provider plugin. gRPC in, gRPC out; `lookup` does the deciding."""

PACKAGE = "tcimages"
