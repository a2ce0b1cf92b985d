"""Run one lookup with our client or the vendor's: `python -m benchmarks.one_lookup CLIENT`.

Both list all pages of 100 rows, choose the newest TensorFlow image for training on a GPU, and print
its id. Only modules of the chosen client are imported.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import Any

_PAGE = 100
_REGION = "TENCENTCLOUD_REGION"


def open_ours() -> Callable[[], str]:
    """Return a lookup with our client, without a cache."""
    from pulumi_tcimages.cloud import open_client
    from pulumi_tcimages.core.configuration_keys import Configuration
    from pulumi_tcimages.core.query import read_query
    from pulumi_tcimages.lookup import find_image
    from pulumi_tcimages.sources.platform_images import PlatformImageQuery

    values = {"cache_ttl_seconds": 0, "max_requests_per_second": 1000}
    client = open_client(Configuration(**values))
    arguments = {
        "image_range": "Train", "framework": "tensorflow", "device": "gpu", "latest": True
    }  # fmt: skip
    return lambda: str(
        find_image(client, read_query(PlatformImageQuery, arguments)).image.identifier
    )


def open_vendors() -> Callable[[], str]:
    """Return the same lookup with the vendor's client, whose users must write the choice."""
    from packaging.version import Version
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.tione.v20211111 import models
    from tencentcloud.tione.v20211111.tione_client import TioneClient

    scheme, _, endpoint = os.environ["TCIMAGES_ENDPOINT_TIONE"].partition("://")
    client = TioneClient(
        Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"]),
        os.environ[_REGION],
        ClientProfile(httpProfile=HttpProfile(protocol=scheme, endpoint=endpoint)),
    )

    def list_images() -> list[Any]:
        images: list[Any] = []
        while True:
            request = models.DescribePlatformImagesRequest()
            request.Offset, request.Limit = len(images), _PAGE
            page = client.DescribePlatformImages(request)
            images += page.PlatformImageInfos
            if len(images) >= page.TotalCount:
                return images

    def find() -> str:
        matching = [
            image
            for image in list_images()
            if "Train" in (image.ImageRange or ())
            and (image.Framework or "").lower() == "tensorflow"
            and re.search(r"cuda|gpu|cu[0-9]", image.ImageName or "")
            and image.FrameworkVersion
        ]
        return str(max(matching, key=lambda image: Version(image.FrameworkVersion)).ImageId)

    return find


CLIENTS = {"ours": open_ours, "vendor": open_vendors}

if __name__ == "__main__":
    print(CLIENTS[sys.argv[1]]()())
