"""The pins, step by step as the engine takes them, against a catalogue that moves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.errors import QueryError
from pulumi_tcimages.plugin import pins
from pulumi_tcimages.plugin.engine import UrnLog
from pulumi_tcimages.plugin.values import UNKNOWN, Secret, build_struct, read_struct, unwrap
from tests.plugin.conftest import Engine, OneListing, Plugin

URN = "urn:pulumi:prod::shop::tcimages:index:PlatformImagePin::train"
SESSION_URN = "urn:pulumi:prod::shop::my:comp:Thing$tcimages:index:SessionImagePin::spark"
CRITERIA = {"framework": "vllm", "latest": True}
ENGINE = {"dataEngineId": "DataEngine-b0jt6fvk", "frameworkType": "machine-learning"}

Properties = dict[str, Any]


class Stack:
    """One pin's life: what the engine remembers between operations."""

    def __init__(self, plugin: Plugin, urn: str = URN) -> None:
        self.stub, self.urn = plugin.stub, urn
        self.id, self.inputs, self.outputs = "", {}, {}

    def check(self, inputs: Properties) -> Properties:
        request = provider_pb2.CheckRequest(urn=self.urn, news=build_struct(inputs))
        checked = self.stub.Check(request)
        assert list(checked.failures) == [], checked.failures[0].reason
        return read_struct(checked.inputs)

    def preview(self, inputs: Properties) -> Properties:
        news = self.check(inputs)
        if not self.id:
            request = provider_pb2.CreateRequest(
                urn=self.urn, properties=build_struct(news), preview=True
            )
            return read_struct(self.stub.Create(request).properties)
        return read_struct(self.stub.Update(self._update(news, preview=True)).properties)

    def up(self, inputs: Properties) -> list[str]:
        """The inputs that were seen to differ."""
        news = self.check(inputs)
        if not self.id:
            created = self.stub.Create(
                provider_pb2.CreateRequest(urn=self.urn, properties=build_struct(news))
            )
            self.id, self.outputs = created.id, read_struct(created.properties)
            self.inputs = news
            return []
        diff = self.stub.Diff(self._diff(news))
        assert list(diff.replaces) == []
        if diff.changes == provider_pb2.DiffResponse.DIFF_SOME:
            updated = self.stub.Update(self._update(news, preview=False))
            self.outputs, self.inputs = read_struct(updated.properties), news
        return list(diff.diffs)

    def refresh(self) -> None:
        read = self.stub.Read(
            provider_pb2.ReadRequest(
                id=self.id,
                urn=self.urn,
                properties=build_struct(self.outputs),
                inputs=build_struct(self.inputs),
            )
        )
        assert read.id == self.id
        self.outputs, self.inputs = read_struct(read.properties), read_struct(read.inputs)

    def import_(self, identity: str) -> None:
        read = self.stub.Read(provider_pb2.ReadRequest(id=identity, urn=self.urn))
        self.id = read.id
        self.outputs, self.inputs = read_struct(read.properties), read_struct(read.inputs)

    @property
    def version(self) -> str:
        return str(self.outputs["image"]["frameworkVersion"])

    def _diff(self, news: Properties) -> provider_pb2.DiffRequest:
        return provider_pb2.DiffRequest(
            id=self.id,
            urn=self.urn,
            olds=build_struct(self.outputs),
            old_inputs=build_struct(self.inputs),
            news=build_struct(news),
        )

    def _update(self, news: Properties, *, preview: bool) -> provider_pb2.UpdateRequest:
        return provider_pb2.UpdateRequest(
            id=self.id,
            urn=self.urn,
            olds=build_struct(self.outputs),
            old_inputs=build_struct(self.inputs),
            news=build_struct(news),
            preview=preview,
        )


def vllm(version: str, **fields: Any) -> Properties:
    return {
        "ImageId": f"vllm-{version}",
        "ImageName": f"vllm({version})",
        "Framework": "VLLM",
        "FrameworkVersion": version,
        "ImageRange": ["Inference"],
        **fields,
    }


@pytest.fixture
def moving(cloud: Emulator) -> Emulator:
    """A catalogue of two vLLM images, the newest 0.20.2."""
    for row in cloud.catalogue.platform_images():
        cloud.catalogue.withdraw_platform_image(row["ImageId"])
    for version in ("0.9.1", "0.20.2"):
        cloud.catalogue.add_platform_image(vllm(version))
    return cloud


@pytest.fixture
def fresh(moving: Emulator, start: Callable[..., Plugin]) -> Callable[..., Plugin]:
    """A plugin as at the start of an operation: nothing listed yet."""

    def begin(*arguments: str, **configuration: Any) -> Plugin:
        plugin = start(*arguments, environment=moving.environment)
        plugin.configure(cacheTtlSeconds=0, **configuration)
        return plugin

    return begin


@pytest.fixture
def stack(fresh: Callable[..., Plugin]) -> Stack:
    return Stack(fresh())


def test_a_new_pin_knows_its_image_in_preview_and_keeps_it(stack: Stack) -> None:
    preview = stack.preview(CRITERIA)
    stack.up(CRITERIA)

    image = {
        "imageId": "vllm-0.20.2",
        "imageName": "vllm(0.20.2)",
        "framework": "VLLM",
        "frameworkVersion": "0.20.2",
        "imageRange": ["Inference"],
        "components": {"vllm": "0.20.2"},
        "supportGpuList": [],
        "extraAttributes": [],
        "attributes": {},
        "trainingModes": [],
    }
    expected = {
        **CRITERIA,
        "region": "ap-guangzhou",
        "image": image,
        "available": True,
        "newerImageId": "",
        "newerVersion": "",
    }
    assert preview == {**expected, "resolvedAt": UNKNOWN}
    resolved_at = stack.outputs.pop("resolvedAt")
    assert stack.outputs == expected
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", resolved_at)
    assert re.fullmatch(r"pin-[0-9a-f]{12}", stack.id)


def test_a_second_up_changes_nothing(stack: Stack) -> None:
    stack.up(CRITERIA)

    assert stack.up(CRITERIA) == []


def test_a_newer_image_does_not_move_the_pin_and_a_refresh_tells_of_it(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address))
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    stack.refresh()
    changed = stack.up(CRITERIA)

    assert changed == []
    assert stack.outputs == before | {"newerImageId": "vllm-0.21.0", "newerVersion": "0.21.0"}
    assert engine.logged == [
        (
            "INFO",
            "the same query would now choose vllm-0.21.0 (0.21.0). The pin keeps its image; to "
            "move on, change a trigger.",
            URN,
            False,
        )
    ]


def test_a_withdrawn_image_is_a_warning_at_refresh_and_at_every_up(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address))
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")

    stack.refresh()
    stack.stub = fresh(engine.address).stub
    changed = stack.up(CRITERIA)

    assert changed == []
    assert stack.outputs == before | {
        "available": False,
        "newerImageId": "vllm-0.9.1",
        "newerVersion": "0.9.1",
    }
    warning = (
        "the pinned image vllm-0.20.2 is no longer offered in ap-guangzhou; the same query would "
        "now choose vllm-0.9.1. The pin keeps it; to move on, change a trigger."
    )
    assert engine.logged == [("WARNING", warning, URN, False)] * 2


def test_a_catalogue_that_is_empty_now_does_not_make_the_pin_gone(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address))
    stack.up(CRITERIA)
    for version in ("0.9.1", "0.20.2"):
        moving.catalogue.withdraw_platform_image(f"vllm-{version}")

    stack.refresh()

    assert (stack.outputs["available"], stack.outputs["newerImageId"]) == (False, "")
    assert stack.version == "0.20.2"
    ((_, warning, _, _),) = engine.logged
    assert warning.endswith(
        "; the same query would now end in an error. The pin keeps it; to move on, change the "
        "query, as the same lookup tells how."
    )


def test_a_withdrawn_image_is_no_warning_where_the_pin_lets_it_go(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address))
    stack.up(CRITERIA)
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")
    stack.refresh()
    engine.logged.clear()

    stack.up({**CRITERIA, "imageRange": "Inference"})

    moved = (
        "the pinned image vllm-0.20.2 is no longer offered in ap-guangzhou: the pin moves to "
        "vllm-0.9.1 (0.9.1)."
    )
    assert (stack.version, engine.logged) == ("0.9.1", [("INFO", moved, URN, False)])


def test_a_changed_trigger_resolves_anew(moving: Emulator, stack: Stack) -> None:
    stack.up({**CRITERIA, "triggers": {"month": "11"}})
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    preview = stack.preview({**CRITERIA, "triggers": {"month": "12"}})
    changed = stack.up({**CRITERIA, "triggers": {"month": "12"}})

    assert changed == ["triggers"]
    assert preview["image"]["frameworkVersion"] == stack.version == "0.21.0"
    assert preview["resolvedAt"] is UNKNOWN


def test_a_changed_criterion_that_the_pinned_image_satisfies_keeps_it(
    moving: Emulator, stack: Stack
) -> None:
    stack.up(CRITERIA)
    before = dict(stack.outputs)
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    changed = stack.up({**CRITERIA, "imageRange": "inference"})

    assert changed == ["imageRange"]
    assert stack.outputs == before | {
        "imageRange": "inference",
        "newerImageId": "vllm-0.21.0",
        "newerVersion": "0.21.0",
    }


def test_a_changed_criterion_that_it_does_not_satisfy_resolves_anew_and_is_named(
    fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address))
    stack.up(CRITERIA)
    changed = {**CRITERIA, "frameworkVersion": "<0.10", "imageRange": "Inference"}

    stack.preview(changed)
    in_preview = list(engine.logged)
    stack.up(changed)

    moved = (
        'the pinned image vllm-0.20.2 does not satisfy frameworkVersion "<0.10" (it has 0.20.2): '
        "the pin moves to vllm-0.9.1 (0.9.1)."
    )
    assert unwrap(stack.outputs["image"])["frameworkVersion"] == "0.9.1"
    assert in_preview == engine.logged == [("INFO", moved, URN, False)]


def test_a_secret_criterion_that_moves_the_pin_is_not_told(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine
) -> None:
    moving.catalogue.add_platform_image(vllm("0.5", ImageType="canary"))
    stack = Stack(fresh(engine.address))
    stack.up({**CRITERIA, "frameworkVersion": ">=0.9"})

    stack.up({**CRITERIA, "imageType": Secret("canary")})

    moved = "the pin moves: which images and why is secret, because a criterion is."
    assert engine.logged == [("INFO", moved, URN, False)]


def test_what_a_secret_criterion_chose_is_in_no_line_of_the_log(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address))
    stack.up({"framework": Secret("vllm"), "latest": True, "imageRange": "Inference"})
    moving.catalogue.add_platform_image(vllm("0.21.0"))
    stack.refresh()
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")
    stack.refresh()
    moving.catalogue.add_platform_image(vllm("0.20.2", ImageRange=["Notebook"]))
    stack.refresh()

    told = [text for _, text, _, _ in engine.logged]
    assert told == [
        "the same query would now choose [secret]. The pin keeps its image; to move on, change a "
        "trigger.",
        "the pinned image [secret] is no longer offered in ap-guangzhou; the same query would now "
        "choose [secret]. The pin keeps it; to move on, change a trigger.",
        "the pinned image does not satisfy the criteria any more, as the cloud has it now; what "
        "it is and why is secret, because a criterion is.",
    ]


def test_a_criterion_that_is_false_is_one(stack: Stack) -> None:
    stack.up(CRITERIA)

    with pytest.raises(grpc.RpcError, match="0 left by supportDistributedDeploy"):
        stack.up({**CRITERIA, "supportDistributedDeploy": False})


def test_an_image_without_an_id_is_not_pinned() -> None:
    pin = pins.BY_TOKEN["tcimages:index:PlatformImagePin"]
    log = UrnLog(pytest.fail, pytest.fail)

    with pytest.raises(QueryError, match="has no id, so that it cannot be pinned"):
        pins.create(pin, {"framework": "torch"}, OneListing(image_id=None), None, log)


def test_a_changed_trigger_moves_the_pin_without_a_word(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address))
    stack.up(CRITERIA)
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    stack.up({**CRITERIA, "triggers": {"month": "12"}})

    assert (stack.version, engine.logged) == ("0.21.0", [])


def test_a_refresh_names_what_the_cloud_changed_about_the_pinned_image(
    moving: Emulator, fresh: Callable[..., Plugin], engine: Engine
) -> None:
    criteria = {**CRITERIA, "imageRange": "Inference"}
    stack = Stack(fresh(engine.address))
    stack.up(criteria)
    moving.catalogue.withdraw_platform_image("vllm-0.20.2")
    moving.catalogue.add_platform_image(vllm("0.20.2", ImageRange=["Notebook"]))

    stack.refresh()

    assert (stack.outputs["available"], stack.version) == (True, "0.20.2")
    assert [(severity, text) for severity, text, _, _ in engine.logged] == [
        (
            "INFO",
            'the pinned image vllm-0.20.2 does not satisfy imageRange "Inference" (it has '
            "Notebook), as the cloud has it now.",
        ),
        (
            "INFO",
            "the same query would now choose vllm-0.9.1 (0.9.1). The pin keeps its image; to move "
            "on, change a trigger.",
        ),
    ]


def test_a_key_of_latest_by_that_no_image_has_is_a_warning_of_a_pin_too(
    fresh: Callable[..., Plugin], engine: Engine
) -> None:
    stack = Stack(fresh(engine.address))
    criteria = {"framework": "vllm", "latestBy": ["vlm", "vllm"]}

    stack.up(criteria)
    stack.up({**criteria, "imageRange": "Inference"})

    warning = (
        'latestBy "vlm" ranks nothing: of 2 images none has this component; did you mean "vllm"?'
    )
    assert (stack.version, engine.logged) == ("0.20.2", [("WARNING", warning, URN, False)])


def test_a_changed_criterion_that_nothing_satisfies_is_an_error_and_the_pin_stays(
    stack: Stack,
) -> None:
    stack.up(CRITERIA)

    with pytest.raises(grpc.RpcError) as raised:
        stack.up({**CRITERIA, "frameworkVersion": ">99"})

    assert raised.value.code() is grpc.StatusCode.NOT_FOUND
    assert raised.value.details().startswith("PlatformImagePin train: no image matches.\n")
    assert stack.version == "0.20.2"


def test_a_changed_stack_region_is_seen_and_resolves_anew(
    moving: Emulator, fresh: Callable[..., Plugin], stack: Stack
) -> None:
    moving.catalogue.add_platform_image(vllm("0.21.0"), regions=["ap-beijing"])
    stack.up(CRITERIA)

    stack.stub = fresh(region="ap-beijing").stub
    changed = stack.up(CRITERIA)

    assert changed == ["region"]
    assert (stack.outputs["region"], stack.version) == ("ap-beijing", "0.21.0")


def test_state_of_a_plugin_that_recorded_no_region_is_not_moved_by_recording_it(
    moving: Emulator, stack: Stack
) -> None:
    stack.up(CRITERIA)
    for properties in (stack.inputs, stack.outputs):
        del properties["region"]
    moving.catalogue.add_platform_image(vllm("0.21.0"))

    changed = stack.up(CRITERIA)

    assert changed == ["region"]
    assert stack.version == "0.20.2"


def test_an_import_takes_an_image_id_and_the_first_up_keeps_it(stack: Stack) -> None:
    stack.import_("vllm-0.9.1")
    imported = dict(stack.outputs)

    changed = stack.up(CRITERIA)

    assert stack.id == "vllm-0.9.1"
    assert imported["imageId"] == "vllm-0.9.1"
    assert changed == ["framework", "imageId", "latest"]
    assert stack.version == "0.9.1"
    assert stack.outputs["newerVersion"] == "0.20.2"


def test_an_imported_pin_still_moves_by_a_trigger_under_its_old_id(stack: Stack) -> None:
    stack.import_("vllm-0.9.1")
    stack.up(CRITERIA)

    stack.up({**CRITERIA, "triggers": {"go": "on"}})
    stack.refresh()

    assert (stack.id, stack.version) == ("vllm-0.9.1", "0.20.2")


def test_what_the_import_returns_satisfies_the_next_up(stack: Stack) -> None:
    stack.import_("vllm-0.9.1")

    assert stack.up(stack.inputs) == []


@pytest.mark.parametrize(
    ("urn", "identity", "said"),
    [
        (URN, "no-such-image", "PlatformImagePin train: no image matches."),
        (URN, "pin-0123456789ab", "take the image's id, not the pin's"),
        (SESSION_URN, "1a2b3c4d", "dataEngineId/frameworkType/sparkImageId"),
        (SESSION_URN, "DataEngine-b0jt6fvk//x", "dataEngineId/frameworkType/sparkImageId"),
    ],
)
def test_an_import_of_what_is_no_image_says_so(
    stack: Stack, urn: str, identity: str, said: str
) -> None:
    stack.urn = urn

    with pytest.raises(grpc.RpcError) as raised:
        stack.import_(identity)

    assert said in raised.value.details()


def test_get_with_a_state_and_no_inputs_reads_its_standing(stack: Stack) -> None:
    stack.up(CRITERIA)
    stack.inputs = {}

    stack.refresh()

    assert stack.inputs == {**CRITERIA, "region": "ap-guangzhou"}
    assert stack.outputs["available"] is True


def test_a_session_image_is_pinned_and_imported_by_its_engine(
    plugin: Plugin,
) -> None:
    stack = Stack(plugin, SESSION_URN)
    stack.up({**ENGINE, "framework": "pytorch"})
    image = stack.outputs["image"]

    other = Stack(plugin, SESSION_URN)
    other.import_(f"DataEngine-b0jt6fvk/machine-learning/{image['sparkImageId']}")

    assert image["sparkImageVersion"] == "pytorch-v2.5.1"
    assert other.outputs["image"] == image


def test_secret_inputs_come_back_secret_and_a_secret_criterion_hides_the_image(
    stack: Stack,
) -> None:
    stack.up({"framework": Secret("vllm"), "latest": True, "triggers": Secret({"by": "hand"})})

    assert stack.outputs["framework"] == Secret("vllm")
    assert stack.outputs["triggers"] == Secret({"by": "hand"})
    assert isinstance(stack.outputs["image"], Secret)
    assert isinstance(stack.outputs["newerVersion"], Secret)
    assert stack.outputs["available"] is True


def test_a_secret_trigger_hides_only_itself(stack: Stack) -> None:
    stack.up({**CRITERIA, "triggers": {"token": Secret("x")}})

    assert stack.outputs["triggers"] == {"token": Secret("x")}
    assert stack.version == "0.20.2"


def test_unknown_inputs_make_the_answers_unknown(stack: Stack) -> None:
    preview = stack.preview({**CRITERIA, "imageRange": UNKNOWN})

    answers = ("image", "resolvedAt", "available", "newerImageId", "newerVersion")
    assert {name: preview[name] for name in answers} == dict.fromkeys(answers, UNKNOWN)
    assert preview["framework"] == "vllm"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"framework": "vllm", "frameworkVersion": "2.1"}, "this is not a version range"),
        ({"latest": True}, "the newest of the whole catalogue"),
        ({"framwork": "vllm"}, "did you mean framework?"),
        ({**CRITERIA, "triggers": "now"}, "a map is wanted, this is a text"),
        ({**CRITERIA, "triggers": {"a": 1, "b": UNKNOWN}}, "put the value in quotes"),
        ({**CRITERIA, "framwork": UNKNOWN}, "did you mean framework?"),
    ],
)
def test_wrong_inputs_fail_the_check_naming_no_property(
    stack: Stack, inputs: Properties, said: str
) -> None:
    checked = stack.stub.Check(provider_pb2.CheckRequest(urn=URN, news=build_struct(inputs)))

    (failure,) = checked.failures
    assert failure.property == ""
    assert said in failure.reason


def test_delete_asks_the_cloud_nothing(moving: Emulator, stack: Stack) -> None:
    stack.up(CRITERIA)
    asked = len(moving.requests)

    stack.stub.Delete(provider_pb2.DeleteRequest(id=stack.id, urn=URN))

    assert len(moving.requests) == asked
