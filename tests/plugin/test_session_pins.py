"""Session image pins: a changed framework type, and a missing engine."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest

from pulumi_tcimages.emulator import Emulator, Fault
from tests.plugin.conftest import Engine, Plugin
from tests.plugin.pin_steps import SESSION_URN, Stack

SESSION = {
    "dataEngineId": "DataEngine-b0jt6fvk",
    "frameworkType": "machine-learning",
    "framework": "pytorch",
    "latest": True,
}


def test_changed_framework_type_moves_the_pin_without_a_warning(
    attach_uncached: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(attach_uncached(engine.address).stub, SESSION_URN)
    stack.up(SESSION)

    changed = stack.up({**SESSION, "frameworkType": "python", "framework": "python"})

    assert changed == ["framework", "frameworkType"]
    assert stack.outputs["image"]["framework"] == "python"
    ((_, message, _, _),) = engine.logged
    assert message.startswith("the pin chooses anew, as frameworkType changed: it moves from ")


def test_missing_engine_makes_the_image_unavailable(
    vllm_cloud: Emulator, attach_uncached: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(attach_uncached(engine.address).stub, SESSION_URN)
    stack.up(SESSION)
    before = dict(stack.outputs)
    error_code = "ResourceNotFound.DataEngineNotFound"
    vllm_cloud.faults.add(
        "DescribeSessionImageVersion", Fault(code=error_code, message="No such engine.")
    )

    stack.stub = attach_uncached(engine.address).stub
    stack.refresh()

    name, pinned_id = (before["image"][field] for field in ("sparkImageVersion", "sparkImageId"))
    request_id = vllm_cloud.requests[-1].request_id
    assert stack.outputs == before | {"available": False, "newerImageId": "", "newerVersion": ""}
    assert engine.logged == [
        (
            "INFO",
            "the images that this pin chooses from cannot be listed any more; Tencent Cloud says "
            f"{error_code}: No such engine. (request {request_id})",
            SESSION_URN,
            False,
        ),
        (
            "WARNING",
            f"the pinned image {name} (id {pinned_id}) is no longer offered in ap-guangzhou; the "
            "same query would now end in an error. The pin keeps it; to move on, change the "
            "query, as the "
            "same lookup tells how.",
            SESSION_URN,
            False,
        ),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "ResourceUnavailable.BalanceInsufficient",
        "AuthFailure",
        "ResourceNotFound.DataEngineNotRunning",
    ],
)
def test_other_api_error_fails_the_refresh(
    vllm_cloud: Emulator, attach_uncached: Callable[..., Plugin], engine: Engine, code: str
) -> None:
    stack = Stack(attach_uncached(engine.address).stub, SESSION_URN)
    stack.up(SESSION)
    vllm_cloud.faults.add("DescribeSessionImageVersion", Fault(code=code))

    stack.stub = attach_uncached(engine.address).stub
    with pytest.raises(grpc.RpcError, match=code):
        stack.refresh()
