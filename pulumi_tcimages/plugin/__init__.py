"""The Pulumi provider plugin, which serves the engine over gRPC and uses `lookup`."""

PACKAGE = "tcimages"

REVEALING_OUTPUTS = ("image", "newerImageId", "newerVersion")
"""Pin outputs that could reveal the criteria. They are secret if any criterion is secret."""
OWN_OUTPUTS = (*REVEALING_OUTPUTS, "resolvedAt", "available")
"""The outputs that a pin has in addition to its inputs."""
