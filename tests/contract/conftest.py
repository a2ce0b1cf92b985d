"""An emulator for clients that nobody here wrote, and the vendor's Python clients.

Importing those changes the process's warning filters. That stays inside `vendor`; what they do
during a test is undone by pytest, which keeps the filters of each test apart.
"""

from __future__ import annotations

import importlib
import json
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator

ENGINE = "DataEngine-b0jt6fvk"


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with Emulator(requests_per_second=0) as emulator:
        yield emulator


MODULES = {
    "credential": "tencentcloud.common.credential",
    "common_client": "tencentcloud.common.common_client",
    "client_profile": "tencentcloud.common.profile.client_profile",
    "http_profile": "tencentcloud.common.profile.http_profile",
    "exception": "tencentcloud.common.exception.tencent_cloud_sdk_exception",
    "dlc": "tencentcloud.dlc.v20210125.dlc_client",
    "dlc_models": "tencentcloud.dlc.v20210125.models",
    "tione": "tencentcloud.tione.v20211111.tione_client",
    "tione_models": "tencentcloud.tione.v20211111.models",
}


@pytest.fixture(scope="module")
def vendor() -> SimpleNamespace:
    """The modules of the vendor's client."""
    with warnings.catch_warnings():
        return SimpleNamespace(
            **{name: importlib.import_module(path) for name, path in MODULES.items()}
        )


@pytest.fixture
def refused(vendor) -> type[Exception]:
    return vendor.exception.TencentCloudSDKException


class Clients:
    """The vendor's clients for one emulator, made as a user would make them."""

    def __init__(self, vendor: SimpleNamespace, cloud: Emulator) -> None:
        self.vendor = vendor
        self.cloud = cloud
        self.credential = vendor.credential.Credential(cloud.secret_id, cloud.secret_key)

    def profile(
        self,
        *,
        language: str = "en-US",
        sign: str | None = None,
        unsigned_payload: bool = False,
        **http: Any,
    ) -> Any:
        http_profile = self.vendor.http_profile.HttpProfile(
            protocol="http", endpoint=self.cloud.address, **http
        )
        profile = self.vendor.client_profile.ClientProfile(
            signMethod=sign, httpProfile=http_profile, language=language
        )
        profile.unsignedPayload = unsigned_payload
        return profile

    def sessions(self, engine: str = ENGINE, kind: str = "machine-learning", **how: Any) -> Any:
        client = self.vendor.dlc.DlcClient(self.credential, "ap-singapore", self.profile(**how))
        request = self.vendor.dlc_models.DescribeSessionImageVersionRequest()
        request.DataEngineId, request.FrameworkType = engine, kind
        return client.DescribeSessionImageVersion(request)

    def images(self, region: str = "ap-guangzhou", **how: Any) -> Any:
        asked = {name: how.pop(name) for name in ("Filters", "Offset", "Limit") if name in how}
        client = self.vendor.tione.TioneClient(self.credential, region, self.profile(**how))
        request = self.vendor.tione_models.DescribePlatformImagesRequest()
        request.from_json_string(json.dumps(asked))
        return client.DescribePlatformImages(request)

    def describe(self, action: str, parameters: dict[str, Any], **how: Any) -> Any:
        """Call any action of DLC or TIONE through its own client and model."""
        is_dlc = hasattr(self.vendor.dlc.DlcClient, action)
        client_type = self.vendor.dlc.DlcClient if is_dlc else self.vendor.tione.TioneClient
        models = self.vendor.dlc_models if is_dlc else self.vendor.tione_models
        request = getattr(models, f"{action}Request")()
        request.from_json_string(json.dumps(parameters))
        client = client_type(self.credential, "ap-guangzhou", self.profile(**how))
        return getattr(client, action)(request)

    def common(self, service: str, version: str, action: str, parameters: Any, **how: Any) -> Any:
        client = self.vendor.common_client.CommonClient(
            service, version, self.credential, "ap-guangzhou", self.profile(**how)
        )
        return client.call_json(action, parameters)["Response"]


@pytest.fixture
def clients(vendor, cloud) -> Clients:
    return Clients(vendor, cloud)


@pytest.fixture
def clients_of(vendor):
    """For tests that start an emulator of their own."""
    return lambda cloud: Clients(vendor, cloud)
