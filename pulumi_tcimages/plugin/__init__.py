"""The plugin process, which serves the provider to Pulumi's engine over gRPC."""

PACKAGE = "tcimages"

REVEALING_OUTPUTS = ("image", "newerImageId", "newerVersion")
"""Pin outputs that could reveal the criteria. They are secret if any criterion is secret."""
OWN_OUTPUTS = (*REVEALING_OUTPUTS, "resolvedAt", "available")
"""The outputs of a pin that are not copies of its inputs."""

OTHER_VERSION = "the pin's state was written by another version of pulumi-tcimages"
"""The start of the error for a pin's state that this version of the package cannot use."""
