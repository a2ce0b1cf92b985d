"""The engine's side: a Pulumi provider plugin. gRPC in, gRPC out; `lookup` does the deciding."""

PACKAGE = "tcimages"

TELLING = ("image", "newerImageId", "newerVersion")
"""The outputs of a pin that tell of its criteria: secret where a criterion is."""
ANSWERS = (*TELLING, "resolvedAt", "available")
"""The outputs of a pin beside its inputs."""
