"""The emulator's admin API: catalogue, faults and journal over HTTP."""

from __future__ import annotations

import http.client
import json

import pytest

from tests.timeouts import PATIENCE_S

LISTING = "DescribePlatformImages"
ENGINE = ("DataEngine-b0jt6fvk", "python")


def call_admin_api(cloud, method, path, body=None, **headers):
    connection = http.client.HTTPConnection(cloud.address, timeout=PATIENCE_S)
    try:
        text = body if isinstance(body, str) else json.dumps(body)
        connection.request(method, f"/_emulator/{path}", text, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


DONE = (200, {"done": True})


def test_catalogue_is_changed_over_http(caller):
    cloud = caller.cloud
    assert call_admin_api(cloud, "PUT", "platform-images/new%20one", {"ImageName": "x"}) == DONE
    assert (
        call_admin_api(cloud, "PATCH", "platform-images/new%20one", {"Framework": "PYTORCH"})
        == DONE
    )
    row = {"ImageId": "new one", "ImageName": "x", "Framework": "PYTORCH"}
    assert cloud.catalogue.platform_images()[-1] == row
    assert call_admin_api(cloud, "DELETE", "platform-images/new%20one") == DONE
    assert row not in cloud.catalogue.platform_images()
    session = "session-images/DataEngine-b0jt6fvk/python/new"
    assert call_admin_api(cloud, "PUT", session, {}) == DONE
    assert call_admin_api(cloud, "PATCH", session, {"SparkImageVersion": "python-v3.12"}) == DONE
    assert cloud.catalogue.session_images(*ENGINE)[-1]["SparkImageVersion"] == "python-v3.12"
    assert call_admin_api(cloud, "DELETE", session) == DONE
    status, document = call_admin_api(cloud, "GET", "catalogue")
    assert (status, document) == (200, cloud.catalogue.to_document())


def test_faults_are_added_and_the_journal_returned_over_http(caller):
    cloud = caller.cloud
    assert call_admin_api(cloud, "POST", "faults", {LISTING: [{"status": 502}, {}]}) == DONE
    assert caller.call(LISTING).status == 502
    assert call_admin_api(cloud, "GET", "faults") == (200, {LISTING: 1})
    status, entries = call_admin_api(cloud, "GET", "requests")
    assert (status, [entry["action"] for entry in entries]) == (200, [LISTING])


def test_faults_are_removed_over_http(caller):
    assert (
        call_admin_api(caller.cloud, "POST", "faults", {LISTING: [{"status": 502, "times": 1000}]})
        == DONE
    )
    assert call_admin_api(caller.cloud, "DELETE", "faults") == DONE
    assert call_admin_api(caller.cloud, "GET", "faults") == (200, {})
    assert caller.call(LISTING).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("GET", "nothing", None, 404, "unknown request: GET /_emulator/nothing"),
        ("POST", "platform-images/x", {}, 404,
         "unknown request: POST /_emulator/platform-images/x"),
        ("GET", "session-images/a/b/c", None, 404,
         "unknown request: GET /_emulator/session-images/a/b/c"),
        ("DELETE", "platform-images/x", None, 400, "platform image x: is not offered"),
        ("PUT", "ray-images/abc", {}, 400, 'the id is a number here, not "abc"'),
        ("PUT", "platform-images/x", [], 400, "the body must be a JSON object"),
        ("PUT", "platform-images/x", "{", 400, "the body must be a JSON object"),
        ("PUT", "platform-images/x", {"ImageRange": 1}, 400,
         "platform image: ImageRange: expected a list, got an integer"),
        ("POST", "faults", {"metadata": 1}, 400, "metadata: the steps must be a list"),
    ],
)  # fmt: skip
def test_invalid_admin_request_is_rejected_with_the_reason(
    cloud, method, path, body, status, error
):
    assert call_admin_api(cloud, method, path, body) == (status, {"error": error})


def test_field_may_have_the_name_of_a_python_argument(cloud):
    fields = {"self": 1, "image_id": 2, "spark_image_id": 3, "engine": 4}
    session = f"session-images/{'/'.join(ENGINE)}/new"

    for path in ("platform-images/new", session):
        assert call_admin_api(cloud, "PUT", path, {}) == DONE
        assert call_admin_api(cloud, "PATCH", path, fields) == DONE

    assert cloud.catalogue.platform_images()[-1] == {"ImageId": "new", **fields}
    assert cloud.catalogue.session_images(*ENGINE)[-1] == {"SparkImageId": "new", **fields}
