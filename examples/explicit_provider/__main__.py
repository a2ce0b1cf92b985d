"""Two regions, two accounts, one program. Look at the outputs: each region answers for itself.

The first provider takes its keys from the environment, the second one from the tccli profile
`research` (`tccli configure --profile research`): no key is in the program or in its state.
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
