"""Fixtures: an emulator, and the vendor's Python clients.

Importing the clients changes the warning filters of the process. The fixture `vendor` undoes this.
pytest restores the filters after each test.
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
    """The modules of the vendor's Python client, imported without their warning filters."""
    with warnings.catch_warnings():
        return SimpleNamespace(
            **{name: importlib.import_module(path) for name, path in MODULES.items()}
        )


@pytest.fixture
def sdk_error(vendor) -> type[Exception]:
    return vendor.exception.TencentCloudSDKException


class Clients:
    """The vendor's clients for one emulator, configured as a user would."""

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

    def sessions(self, engine: str = ENGINE, kind: str = "machine-learning", **options: Any) -> Any:
        parameters = {"DataEngineId": engine, "FrameworkType": kind}
        return self.describe("DescribeSessionImageVersion", parameters, "ap-singapore", **options)

    def images(self, region: str = "ap-guangzhou", **options: Any) -> Any:
        names = {"Filters", "Offset", "Limit"} & options.keys()
        parameters = {name: options.pop(name) for name in names}
        return self.describe("DescribePlatformImages", parameters, region, **options)

    def describe(
        self,
        action: str,
        parameters: dict[str, Any],
        region: str = "ap-guangzhou",
        **options: Any,
    ) -> Any:
        """Call any action of DLC or TIONE through its client class and request model."""
        is_dlc = hasattr(self.vendor.dlc.DlcClient, action)
        client_type = self.vendor.dlc.DlcClient if is_dlc else self.vendor.tione.TioneClient
        models = self.vendor.dlc_models if is_dlc else self.vendor.tione_models
        request = getattr(models, f"{action}Request")()
        request.from_json_string(json.dumps(parameters))
        client = client_type(self.credential, region, self.profile(**options))
        return getattr(client, action)(request)

    def common(
        self, service: str, version: str, action: str, parameters: Any, **options: Any
    ) -> Any:
        client = self.vendor.common_client.CommonClient(
            service, version, self.credential, "ap-guangzhou", self.profile(**options)
        )
        return client.call_json(action, parameters)["Response"]


@pytest.fixture
def clients(vendor, cloud) -> Clients:
    return Clients(vendor, cloud)


@pytest.fixture
def build_clients(vendor):
    """A function that creates clients for another emulator."""
    return lambda cloud: Clients(vendor, cloud)
