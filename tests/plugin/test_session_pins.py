"""A pin of a session image: its framework type may change, and its engine may be gone."""

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


def test_a_changed_framework_type_moves_the_pin_and_calls_nothing_withdrawn(
    fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address).stub, SESSION_URN)
    stack.up(SESSION)

    changed = stack.up({**SESSION, "frameworkType": "python", "framework": "python"})

    assert changed == ["framework", "frameworkType"]
    assert stack.outputs["image"]["framework"] == "python"
    ((_, message, _, _),) = engine.logged
    assert message.startswith("the pin chooses anew, as frameworkType changed: it moves from ")


def test_an_engine_that_is_gone_takes_its_images_along_and_fails_no_refresh(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address).stub, SESSION_URN)
    stack.up(SESSION)
    before = dict(stack.outputs)
    gone = "ResourceNotFound.DataEngineNotFound"
    moving.faults.add("DescribeSessionImageVersion", Fault(code=gone, message="No such engine."))

    stack.stub = fresh(engine.address).stub
    stack.refresh()

    name, pinned_id = (before["image"][field] for field in ("sparkImageVersion", "sparkImageId"))
    request_id = moving.requests[-1].request_id
    assert stack.outputs == before | {"available": False, "newerImageId": "", "newerVersion": ""}
    assert engine.logged == [
        (
            "INFO",
            "the images that this pin chooses from cannot be listed any more; Tencent Cloud says "
            f"{gone}: No such engine. (request {request_id})",
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
def test_another_refusal_fails_the_refresh_and_changes_nothing(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine, code: str
) -> None:
    stack = Stack(fresh(engine.address).stub, SESSION_URN)
    stack.up(SESSION)
    moving.faults.add("DescribeSessionImageVersion", Fault(code=code))

    stack.stub = fresh(engine.address).stub
    with pytest.raises(grpc.RpcError, match=code):
        stack.refresh()
