"""A resource of another provider: it stands for whatever your stack gives the image to."""

import pulumi


class TrainingJob(pulumi.CustomResource):
    """A job that trains in a container."""

    def __init__(
        self,
        name: str,
        *,
        image: pulumi.Input[str | None],
        gpu: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("acme:index:TrainingJob", name, {"image": image, "gpu": gpu}, opts)
