"""Changes of the catalogue while the emulator runs."""

from __future__ import annotations

import pytest

from pulumi_tcimages.emulator import Catalogue, CatalogueError, Emulator
from tests.emulator.raw_client import Caller

LISTING = "DescribePlatformImages"
ENGINE = ("DataEngine-b0jt6fvk", "python")


def list_images(caller):
    rows = caller.call(LISTING, {"Limit": 200}).response["PlatformImageInfos"]
    return {row["ImageId"]: row for row in rows}


def test_platform_images_are_added_changed_and_withdrawn():
    with Emulator(catalogue=Catalogue(), requests_per_second=0) as cloud:
        caller = Caller(cloud)
        cloud.catalogue.add_platform_image({"ImageId": "a", "FrameworkVersion": "2.3"})
        before = list_images(caller)
        cloud.catalogue.change_platform_image("a", FrameworkVersion="2.4", ImageName="torch2.4")
        changed = list_images(caller)
        withdrawn = cloud.catalogue.withdraw_platform_image("a")
        assert (before, changed, list_images(caller)) == (
            {"a": {"ImageId": "a", "FrameworkVersion": "2.3"}},
            {"a": {"ImageId": "a", "FrameworkVersion": "2.4", "ImageName": "torch2.4"}},
            {},
        )
    assert withdrawn == changed["a"]


def test_session_images_are_added_changed_and_withdrawn(caller):
    catalogue = caller.cloud.catalogue
    (old_image,) = catalogue.session_images(*ENGINE)
    catalogue.add_session_image(
        *ENGINE, {"SparkImageId": "new", "SparkImageVersion": "python-v3.11"}
    )
    catalogue.change_session_image(*ENGINE, "new", SparkImageVersion="python-v3.12")
    catalogue.withdraw_session_image(*ENGINE, old_image["SparkImageId"])
    parameters = {"DataEngineId": ENGINE[0], "FrameworkType": ENGINE[1]}
    assert caller.call("DescribeSessionImageVersion", parameters).response[
        "EngineSessionImages"
    ] == [{"SparkImageId": "new", "SparkImageVersion": "python-v3.12"}]


def test_engine_without_images_lists_null():
    catalogue = Catalogue()
    catalogue.add_session_image(*ENGINE, {"SparkImageId": "only"})
    catalogue.withdraw_session_image(*ENGINE, "only")
    parameters = {"DataEngineId": ENGINE[0], "FrameworkType": ENGINE[1]}
    with Emulator(catalogue=catalogue) as cloud:
        response = Caller(cloud).call("DescribeSessionImageVersion", parameters).response
    assert response["EngineSessionImages"] is None


def test_invalid_change_is_rejected_with_the_reason():
    catalogue = Catalogue.load()
    image_id = catalogue.platform_images()[0]["ImageId"]
    for change, problem in (
        (lambda: catalogue.withdraw_platform_image("x"), "platform image x: is not offered"),
        (
            lambda: catalogue.add_platform_image({"ImageId": image_id}),
            f"platform image {image_id}: is there already",
        ),
        (
            lambda: catalogue.change_platform_image(image_id, ImageId="x"),
            f"platform image {image_id}: an id cannot change",
        ),
        (
            lambda: catalogue.change_platform_image(image_id, ImageRange="Train"),
            "platform image: ImageRange: expected a list, got a string",
        ),
        (
            lambda: catalogue.add_session_image(*ENGINE, {}),
            "session image: SparkImageId: is missing",
        ),
    ):
        with pytest.raises(CatalogueError) as caught:
            change()
        assert str(caught.value) == problem


def test_changed_engine_type_is_known():
    catalogue = Catalogue()
    catalogue.add("engine_image_versions", {"ImageVersionId": "a", "EngineType": "SparkSQL"})
    catalogue.change("engine_image_versions", "a", EngineType="StandardSpark")
    assert catalogue.groups("engine_image_versions") == [("SparkSQL",), ("StandardSpark",)]
