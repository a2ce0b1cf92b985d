"""The Pulumi provider plugin: it serves the engine over gRPC, and `lookup` selects the images."""

PACKAGE = "tcimages"

REVEALING_OUTPUTS = ("image", "newerImageId", "newerVersion")
"""The outputs of a pin that reveal its criteria. They are secret if a criterion is."""
OWN_OUTPUTS = (*REVEALING_OUTPUTS, "resolvedAt", "available")
"""The outputs of a pin beside its inputs."""
