"""Replayed requests of the engine get the recorded responses from the plugin.

The replays need no `pulumi`. With `pulumi`, the same commands are recorded again and compared.
TCIMAGES_RECORD=1 stores the new recording first.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_tcimages.emulator import Emulator
from tests import caller_environment
from tests.engine.conftest import NewProject
from tests.engine.programs import PIN_IMAGE, yaml_program
from tests.engine.recording import (
    LIFE,
    RECORDED,
    apply_change,
    engine_version,
    load,
    normalize,
    record,
    save,
)
from tests.engine.replaying import Plugins, Relay, normalize_response


@pytest.mark.parametrize("name", sorted(path.stem for path in RECORDED.glob("*.json")))
def test_replayed_requests_get_the_recorded_responses(name: str, cloud: Emulator) -> None:
    for act in load(name)["acts"]:
        for item in act["catalogue"]:
            apply_change(cloud.catalogue, item)
        plugins = Plugins(cloud.environment)
        try:
            responses = [plugins.replay(call) for call in act["calls"]]
        finally:
            plugins.stop()
        assert responses == [normalize_response(call) for call in act["calls"]], act["command"]


def list_calls(recording: dict[str, Any], whole: bool) -> list[Any]:
    """Return the comparable parts of a recording; concurrent calls have no fixed order."""
    response_fields = ("method", "response", "code", "error")
    fields = (*response_fields, "request") if whole else response_fields
    return [
        (
            act["command"],
            sorted(_line({name: call.get(name) for name in fields}) for call in act["calls"]),
        )
        for act in recording["acts"]
    ]


def _line(call: dict[str, Any]) -> str:
    return json.dumps(call, sort_keys=True)


def assert_is_stored(name: str, recording: dict[str, Any]) -> None:
    if caller_environment.get_variable("TCIMAGES_RECORD") == "1":
        save(name, recording)
    stored = load(name)
    # Another engine version may send other requests, but must get the same responses.
    same = recording["engine"] == stored["engine"]
    for act, expected in zip(list_calls(recording, same), list_calls(stored, same), strict=True):
        assert act == expected


@pytest.mark.engine
@pytest.mark.parametrize("name", ["python", "yaml"])
def test_new_recording_of_a_stack_equals_the_stored_one(
    name: str, new_project: NewProject, cloud: Emulator
) -> None:
    if name == "python":
        project = new_project("pin_image")
    else:
        project = new_project(files={"Pulumi.yaml": PIN_IMAGE})

    assert_is_stored(name, record(project, cloud.catalogue, LIFE))


@pytest.mark.engine
def test_new_recording_of_pulumi_do_equals_the_stored_one(
    new_project: NewProject, cloud: Emulator
) -> None:
    project = new_project(files={"Pulumi.yaml": yaml_program()})
    criteria = ["--image-range", "Train", "--framework", "tensorflow", "--framework-version"]
    acts = []
    for version, fails in (("==2.13.*", False), (">=9", True)):
        relay = Relay(cloud.environment)
        try:
            executable = relay.executable(project.folder / f"relay{len(acts)}")
            project.pulumi(
                "do", "--package", f"./{executable.relative_to(project.folder)}",
                "tcimages:index:getPlatformImage", *criteria, version, "--device", "gpu",
                fails=fails,
            )  # fmt: skip
        finally:
            relay.stop()
        calls = [normalize(call, project) for call in relay.calls]
        acts.append({"command": f"do, {version}", "catalogue": [], "calls": calls})

    assert_is_stored("do", {"engine": engine_version(project), "acts": acts})
