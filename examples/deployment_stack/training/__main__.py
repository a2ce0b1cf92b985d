"""Use the image that the `images` project chose for this environment. Look at `image_url`.

A stack reference reads the other stack's outputs: no lookup happens here, so all the stacks of an
environment agree on the image, and this program needs neither keys nor the plugin.
"""

import pulumi

images = pulumi.StackReference(f"{pulumi.get_organization()}/images/{pulumi.get_stack()}")

pulumi.export("image_id", images.require_output("training_image_id"))
pulumi.export("image_url", images.require_output("training_image_url"))
