"""Record the gRPC calls between the engine and the plugin.

A recording is a list of acts. An act is a command, and the changes to the catalogue before it.
Ports, folders, times, random ids and versions differ between runs and machines. Constants replace
them in requests and responses, so that two recordings are equal.

Format: {"engine": "v3.1.0", "acts": [{"command": "up", "catalogue": [...], "calls": [...]}]}.
A call has a `method`, a `request`, and either a `response` or an `error`, in protobuf's JSON
mapping.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_tcimages import __version__
from pulumi_tcimages.emulator import Catalogue
from tests.engine.cli import CHECKOUT, Project
from tests.engine.programs import NEW, offer_newer_image
from tests.expected_images import OLD

RECORDED = Path(__file__).parent / "recorded"
SCHEMA = (CHECKOUT / "schema.json").read_text(encoding="utf-8")

Call = dict[str, Any]

_SERVICE = "/pulumirpc.ResourceProvider/"
_RANDOM = {"randomSeed", "resourceStatusToken"}
_VOLATILE = [
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:0"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "2026-01-01T00:00:00Z"),
    (re.compile(r"\bdefault_\d+_\d+_\d+\b"), "default_VERSION"),
]


@dataclass(frozen=True)
class Act:
    """A command, and the changes before it."""

    command: Sequence[str]
    catalogue: Sequence[str] = ()
    """The names of changes, for `apply_change`."""
    configuration: dict[str, str] = field(default_factory=dict)


LIFE = (
    Act(["preview"]),
    Act(["up", "--skip-preview"]),
    Act(["refresh", "--skip-preview"], catalogue=["offer a newer image"]),
    Act(["up", "--skip-preview"], configuration={"own_chosen": "2026-12"}),
    Act(["refresh", "--skip-preview"], catalogue=["withdraw the newer image"]),
    Act(["import", "tcimages:index:PlatformImagePin", "other", OLD, "--skip-preview"]),
    Act(["state", "unprotect", "--all"]),
    Act(["destroy", "--skip-preview"]),
)


def apply_change(catalogue: Catalogue, name: str) -> None:
    """Apply a change of an act to a catalogue."""
    if name == "offer a newer image":
        offer_newer_image(catalogue)
    elif name == "withdraw the newer image":
        catalogue.withdraw_platform_image(NEW)
    else:
        raise LookupError(name)


def record(project: Project, catalogue: Catalogue, acts: Sequence[Act]) -> dict[str, Any]:
    """Run the acts, and return the recorded calls."""
    log = project.folder / "grpc.json"
    recorded = []
    for act in acts:
        log.unlink(missing_ok=True)
        for name in act.catalogue:
            apply_change(catalogue, name)
        project.configure(**act.configuration)
        project.pulumi(*act.command, PULUMI_DEBUG_GRPC=str(log))
        if log.exists() and (calls := read_log(log, project)):
            recorded.append(
                {"command": " ".join(act.command), "catalogue": [*act.catalogue], "calls": calls}
            )
    return {"engine": engine_version(project), "acts": recorded}


def engine_version(project: Project) -> str:
    return project.pulumi("version").stdout.strip()


def read_log(log: Path, project: Project) -> list[Call]:
    """Return the plugin's calls in the log (PULUMI_DEBUG_GRPC), in the order of responses."""
    calls = []
    for line in log.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["method"].startswith(_SERVICE) and entry["progress"] == "response_completed":
            call = {"method": entry["method"].removeprefix(_SERVICE), "request": entry["request"]}
            call["response"] = entry.get("response", {})
            calls.append(normalize(call, project))
    return calls


def normalize(call: Call, project: Project | None = None) -> Call:
    """Return a call with constants for values that differ between runs and machines."""
    random = _RANDOM | {"id"} if call["method"] == "Configure" else _RANDOM
    request = {name: value for name, value in call["request"].items() if name not in random}
    places = {}
    if project:
        places = {str(project.folder): "/project", project.environment["HOME"]: "/home/user"}
    return normalize_value({**call, "request": request}, places)


def normalize_value(value: Any, places: dict[str, str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: normalize_value(item, places, key) for key, item in value.items()}
    if isinstance(value, list):
        return [normalize_value(item, places) for item in value]
    if not isinstance(value, str):
        return value
    if value in (SCHEMA, __version__) and name in ("schema", "version"):
        return name.upper()
    for place, constant in places.items():
        value = value.replace(place, constant)
    for pattern, constant in _VOLATILE:
        value = pattern.sub(constant, value)
    return value


def load(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def save(name: str, recording: dict[str, Any]) -> None:
    """Write a recording into a file with a line for each call."""
    acts = ",\n".join(
        '  {{"command": {}, "catalogue": {}, "calls": [\n{}\n  ]}}'.format(
            json.dumps(act["command"]),
            json.dumps(act["catalogue"]),
            ",\n".join(f"    {format_call(call)}" for call in act["calls"]),
        )
        for act in recording["acts"]
    )
    text = f'{{"engine": {json.dumps(recording["engine"])}, "acts": [\n{acts}\n]}}\n'
    (RECORDED / f"{name}.json").write_text(text, encoding="utf-8")


def format_call(call: Call) -> str:
    return json.dumps(call, ensure_ascii=False, sort_keys=True)
