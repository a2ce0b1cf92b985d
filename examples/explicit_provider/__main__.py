"""Use two regions and two accounts in one program. Look at the outputs of each region.

The first provider takes its keys from the environment. The second one uses the tccli profile
`research` (`tccli configure --profile research`). No key is in the program or its state.
"""

import pulumi

import pulumi_tcimages as tcimages

providers = {
    "guangzhou": tcimages.Provider("guangzhou", region="ap-guangzhou"),
    "shanghai": tcimages.Provider("shanghai", region="ap-shanghai", profile="research"),
}

for place, provider in providers.items():
    images = tcimages.get_platform_images_output(
        framework="vllm",
        image_range="Inference",
        opts=pulumi.InvokeOutputOptions(provider=provider),
    )
    newest = tcimages.get_platform_image_output(
        framework="vllm",
        image_range="Inference",
        latest_by=["framework_version", "cuda"],
        opts=pulumi.InvokeOutputOptions(provider=provider),
    )
    pulumi.export(f"{place}_region", images.region)
    pulumi.export(f"{place}_count", images.ids.apply(len))
    pulumi.export(f"{place}_newest", newest.image_name)
