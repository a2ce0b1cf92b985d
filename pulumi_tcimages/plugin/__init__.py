"""The Pulumi provider's plugin. It serves the engine over gRPC, and finds images with `lookup`."""

PACKAGE = "tcimages"

REVEALING_OUTPUTS = ("image", "newerImageId", "newerVersion")
"""Pin outputs that could reveal the criteria. They are secret if any criterion is secret."""
OWN_OUTPUTS = (*REVEALING_OUTPUTS, "resolvedAt", "available")
"""The outputs of a pin that are not copies of its inputs."""

OTHER_VERSION = "the pin's state was written by another version of pulumi-tcimages"
"""The first words of the error about a pin's state that this version cannot use."""
