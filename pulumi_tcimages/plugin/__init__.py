"""The Pulumi provider's plugin. It serves the engine over gRPC, and answers with `lookup`."""

PACKAGE = "tcimages"

REVEALING_OUTPUTS = ("image", "newerImageId", "newerVersion")
"""Pin outputs that could reveal the criteria. They are secret if any criterion is secret."""
OWN_OUTPUTS = (*REVEALING_OUTPUTS, "resolvedAt", "available")
"""The outputs of a pin that are not inputs."""

OTHER_VERSION = "the pin's state was written by another version of pulumi-tcimages"
"""The beginning of an error's problem about such a state."""
