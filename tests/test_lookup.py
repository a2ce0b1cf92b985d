"""Lookups and pin decisions, with a fake cloud."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery, read_query
from pulumi_tcimages.core.selection import FilteredImages
from pulumi_tcimages.diagnostics import Call, Criterion, PinDrift, Where
from pulumi_tcimages.errors import AmbiguousMatchError, ApiError, NoMatchError
from pulumi_tcimages.lookup import (
    Explanation,
    ImageList,
    ImageMatch,
    PinDecision,
    PinStatus,
    decide_pin,
    explain,
    find_image,
    find_images_in,
    find_pin_status,
    list_images,
)
from pulumi_tcimages.sources.platform_images import (
    PlatformImage,
    PlatformImageQuery,
    PlatformImagesQuery,
)
from pulumi_tcimages.sources.session_images import (
    SESSION_IMAGES,
    SessionImage,
    SessionImageQuery,
    SessionImagesQuery,
)
from pulumi_tcimages.sources.source import Source

WHERE = Where("ap-guangzhou", "tione.tencentcloudapi.com")
FILTERS = [{"name": "ImageRange", "values": ["Train"]}]


@dataclass(frozen=True)
class FakeListing:
    images: Sequence[Image]
    total_count: int
    where: Where = WHERE
    warnings: tuple[str, ...] = ()
    unreadable_ids: frozenset[str] = frozenset()


@dataclass
class FakeCloud:
    """A fake cloud that records requests, and lists only the first image if there are filters."""

    platform: Sequence[PlatformImage] = ()
    session: Sequence[SessionImage] = ()
    unreadable: frozenset[str] = frozenset()
    """Ids of unreadable rows in the listing without filters."""
    requests: list[dict[str, Any]] = field(default_factory=list)

    def list_images(
        self, source: Source, *, region: str | None, parameters: Mapping[str, object]
    ) -> FakeListing:
        self.requests.append({"region": region, **parameters})
        if source is SESSION_IMAGES:
            return FakeListing(self.session, len(self.session))
        if "filters" in parameters:
            return FakeListing(self.platform[:1], len(self.platform))
        return FakeListing(self.platform, len(self.platform), unreadable_ids=self.unreadable)


OLD, MID, NEW = (
    PlatformImage(
        image_id=f"id-{v}", image_name=f"torch{v}", framework="PYTORCH", framework_version=v
    )
    for v in ("2.3", "2.4", "2.10")
)
TOO_OLD = PinDrift("ap-guangzhou", ((Criterion("framework_version", '">=2.4"'), "2.3"),))
FILTERED = PinDrift("ap-guangzhou", ((Criterion("filters", json.dumps(FILTERS)), ""),))
WITHDRAWN = PinDrift("ap-guangzhou", ())
SPARK = SessionImage(spark_image_id="s", spark_image_version="pytorch-v2.5.1")


def single_query(**arguments: Any) -> BaseQuery:
    return read_query(PlatformImageQuery, arguments)


def build_store() -> FakeCloud:
    return FakeCloud(platform=(NEW, OLD, MID), session=(SPARK,))


FOR_FAILURES = {
    f"pulumi_tcimages.{name}"
    for name in (
        "cloud.certificates",
        "cloud.error_mapping",
        "cloud.key_advice",
        "cloud.request_settings",
        "core.selection_errors",
        "core.suggestions.ambiguous",
        "core.suggestions.changes",
        "core.suggestions.no_match",
        "core.suggestions.ranges",
        "dependencies",
        "plugin.pulumi_proto.engine_pb2",
    )
}
"""Modules that only failures, warnings and pins need. They would take 5 ms at every start."""


def test_list_is_filtered_and_sorted_with_the_total_count() -> None:
    query = read_query(PlatformImagesQuery, {"framework_version": ">=2.4"})

    found = find_images_in(list_images(build_store(), query), query)

    assert found == ImageList((MID, NEW), 3, "ap-guangzhou")


def test_list_without_a_match_is_empty() -> None:
    query = read_query(PlatformImagesQuery, {"framework": "onnx"})

    found = find_images_in(list_images(build_store(), query), query)

    assert found == ImageList((), 3, "ap-guangzhou")


def test_latest_image_is_chosen() -> None:
    assert find_image(build_store(), single_query(framework="torch", latest=True)) == ImageMatch(
        NEW, "ap-guangzhou"
    )


def test_only_api_parameters_are_sent_to_the_cloud() -> None:
    cloud = build_store()
    query = single_query(region="ap-beijing", ti_project_id="7", filters=FILTERS, framework="torch")

    find_image(cloud, query)

    assert cloud.requests == [{"region": "ap-beijing", "ti_project_id": "7", "filters": FILTERS}]


def test_session_query_uses_the_session_listing() -> None:
    cloud = build_store()
    arguments = {"data_engine_id": "DataEngine-b0jt6fvk", "framework_type": "machine-learning"}

    assert find_image(cloud, read_query(SessionImageQuery, arguments)) == ImageMatch(
        SPARK, "ap-guangzhou"
    )
    several = read_query(SessionImagesQuery, arguments)
    assert find_images_in(list_images(cloud, several), several).images == (SPARK,)
    assert cloud.requests == 2 * [
        {
            "region": None,
            "data_engine_id": "DataEngine-b0jt6fvk",
            "framework_type": "machine-learning",
        }
    ]


def test_explanation_has_the_counts_and_the_choice() -> None:
    message = explain(build_store(), single_query(framework="torch", latest=True))

    steps = ((Criterion("framework", '"torch"'), 3),)
    assert message == Explanation(FilteredImages(3, steps, (OLD, MID, NEW)), WHERE, NEW)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"framework": "onnx"}, NoMatchError), ({"framework": "torch"}, AmbiguousMatchError)],
)
def test_explanation_of_a_failing_lookup_has_the_error(
    arguments: dict[str, Any], error: type[Exception]
) -> None:
    message = explain(build_store(), single_query(**arguments))

    assert isinstance(message.choice, error)
    with pytest.raises(error):
        find_image(build_store(), single_query(**arguments))


def test_pinned_image_is_kept_despite_a_newer_one() -> None:
    assert decide_pin(
        build_store(), single_query(framework="torch", latest=True), "id-2.3"
    ) == PinDecision(ImageMatch(OLD, "ap-guangzhou"), None, NEW)


@pytest.mark.parametrize(
    ("image_id", "arguments", "drift"),
    [
        ("id-2.3", {"framework_version": ">=2.4"}, TOO_OLD),
        ("gone", {"framework_version": ">=2.4"}, WITHDRAWN),
        ("id-2.3", {"filters": FILTERS}, FILTERED),
        ("gone", {"filters": FILTERS}, WITHDRAWN),
    ],
    ids=["no longer matches", "withdrawn", "outside filters", "withdrawn with filters"],
)
def test_pinned_image_is_replaced_with_a_reason(
    image_id: str, arguments: dict[str, Any], drift: PinDrift
) -> None:
    query = single_query(**arguments, latest=True)

    assert decide_pin(build_store(), query, image_id) == PinDecision(
        ImageMatch(NEW, "ap-guangzhou"), drift
    )


@pytest.mark.parametrize(
    ("arguments", "image_id", "status"),
    [
        ({"framework": "torch", "latest": True}, "id-2.10", PinStatus(None, None)),
        ({"framework": "torch", "latest": True}, "id-2.3", PinStatus(None, NEW)),
        ({"framework": "torch", "latest": True}, "gone", PinStatus(WITHDRAWN, NEW)),
        ({"framework": "torch"}, "id-2.3", PinStatus(None, None)),
        ({"framework": "onnx"}, "gone", PinStatus(WITHDRAWN, None)),
        ({"framework_version": ">=2.4", "latest": True}, "id-2.3", PinStatus(TOO_OLD, NEW)),
        ({"filters": FILTERS, "latest": True}, "id-2.10", PinStatus(None, None)),
        ({"filters": FILTERS, "latest": True}, "id-2.3", PinStatus(FILTERED, NEW)),
        ({"filters": FILTERS, "latest": True}, "gone", PinStatus(WITHDRAWN, NEW)),
    ],
    ids=[
        "newest image is pinned",
        "newer image exists",
        "withdrawn",
        "ambiguous query",
        "withdrawn and no match",
        "no longer matches",
        "within filters",
        "outside filters",
        "withdrawn with filters",
    ],
)
def test_pin_status_reports_drift_and_newer_image(
    arguments: dict[str, Any], image_id: str, status: PinStatus
) -> None:
    found = find_pin_status(build_store(), single_query(**arguments), image_id)

    assert (found, found.available) == (status, image_id != "gone")


def failing_store(action: str) -> tuple[FakeCloud, ApiError]:
    call = Call("tione", action, "ap-guangzhou", "host")
    api_error = ApiError("ResourceNotFound", "No.", call=call)

    class FailingStore(FakeCloud):
        def list_images(self, *_: Any, **__: Any) -> Any:
            raise api_error

    return FailingStore(), api_error


def test_missing_role_is_an_error_and_not_a_withdrawal() -> None:
    cloud, _ = failing_store("AssumeRole")

    with pytest.raises(ApiError):
        find_pin_status(cloud, single_query(framework="torch"), "id-2.3")


def test_images_of_a_missing_project_are_withdrawn() -> None:
    cloud, api_error = failing_store("DescribePlatformImages")

    status = find_pin_status(cloud, single_query(framework="torch"), "id-2.3")

    assert status == PinStatus(WITHDRAWN, None, api_error)


def test_unreadable_pinned_image_is_not_withdrawn() -> None:
    cloud = FakeCloud(platform=(NEW, OLD), unreadable=frozenset({"id-9"}))

    status = find_pin_status(cloud, single_query(filters=FILTERS, latest=True), "id-9")

    assert status == PinStatus(FILTERED, NEW)


def test_lookup_that_succeeds_imports_no_module_for_failures() -> None:
    program = """
import sys
from pulumi_tcimages import lookup
from pulumi_tcimages.cloud import open_client
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.core.query import read_query
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.plugin import server
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES

query = read_query(PLATFORM_IMAGES.single_query, {"framework": "pytorch", "latest": True})
with Emulator() as cloud:
    client = open_client(Configuration(), environ=cloud.environment)
    print(lookup.find_image(client, query).image.image_name, *sys.modules)
"""

    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    image_name, *modules = result.stdout.split()
    assert "torch" in image_name
    assert FOR_FAILURES.isdisjoint(modules)
