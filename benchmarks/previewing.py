"""Benchmark a whole `pulumi preview` without a lookup, with one and with 100."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from benchmarks.cloud_process import run_emulator
from benchmarks.measuring import Row, Samples, Scale, compare, measure_in_turns, time_call

_MANY = 100
_ONE_LOOKUP_AIM = 1.35
_MANY_LOOKUPS_AIM = 1.3
_OURS = """
import pulumi, pulumi_tcimages
for number in range({count}):
    image = pulumi_tcimages.get_platform_image_output(
        image_range="Train", framework="tensorflow", device="gpu", latest=True,
        framework_version=f">=0.{{number}}",
    )
    pulumi.export(f"image_{{number}}", image.image_id)
"""
_PULUMIS = """
import pulumi
for number in range({count}):
    image = pulumi.runtime.invoke_output("tcimages:index:getPlatformImage", {{
        "imageRange": "Train", "framework": "tensorflow", "device": "gpu", "latest": True,
        "frameworkVersion": f">=0.{{number}}",
    }})
    pulumi.export(f"image_{{number}}", image.apply(lambda found: found["imageId"]))
"""
_VENDORS = """
import pulumi
from benchmarks.one_lookup import open_vendors
find = open_vendors()
for number in range({count}):
    pulumi.export(f"image_{{number}}", find())
"""
_NONE = """
import pulumi
pulumi.export("image_0", "none")
"""
# Pulumi's SDK sends five debug messages to the engine for each lookup, and waits for each.
_SILENT = """
import pulumi
pulumi.log.debug = lambda *_, **__: None
"""
_LAUNCHER = """#!/bin/sh
exec "{python}" -m pulumi_tcimages.plugin "$@"
"""


def measure_rows(scale: Scale) -> list[Row]:
    """Measure the figures, or return a row with the reason why not."""
    if not scale.previewing or shutil.which("pulumi") is None:
        reason = "no `pulumi` on PATH" if scale.previewing else "not in a quick run"
        return [
            Row("whole `pulumi preview`", "no lookup", reason, f"≤ {_ONE_LOOKUP_AIM:g}×", None, 0)
        ]
    with run_emulator() as emulator, tempfile.TemporaryDirectory() as folder:
        samples = _measure(Path(folder), emulator.environment, scale)
    single, many = "`pulumi preview`, 1 lookup", f"`pulumi preview`, {_MANY} lookups"
    table = [
        compare(single, "no lookup", samples, "one", "none", _ONE_LOOKUP_AIM),
        compare(many, "1 lookup", samples, "many", "one", _MANY_LOOKUPS_AIM),
        compare(many, "as many bare `pulumi.runtime.invoke`", samples, "many", "bare many"),
        compare(
            f"{many}, without the debug messages of Pulumi's SDK",
            "1 lookup, the same",
            samples,
            "silent many",
            "silent one",
        ),
    ]
    if "vendor one" in samples:
        vendors = "the vendor's client in the program"
        table.append(compare(single, vendors, samples, "one", "vendor one", _ONE_LOOKUP_AIM))
        table.append(compare(many, vendors, samples, "many", "vendor many", 1))
    return table


def find_engine_version() -> str:
    """Return the version of the Pulumi CLI on PATH, or ""."""
    if shutil.which("pulumi") is None:
        return ""
    return subprocess.run(["pulumi", "version"], capture_output=True, text=True).stdout.strip()


def _measure(folder: Path, environment: Mapping[str, str], scale: Scale) -> Samples:
    programs = {
        "none": _NONE,
        "one": _OURS.format(count=1),
        "many": _OURS.format(count=_MANY),
        "bare many": _PULUMIS.format(count=_MANY),
        "silent one": _SILENT + _OURS.format(count=1),
        "silent many": _SILENT + _OURS.format(count=_MANY),
    }
    if find_spec("tencentcloud") is not None:
        programs |= {
            "vendor one": _VENDORS.format(count=1),
            "vendor many": _VENDORS.format(count=_MANY),
        }
    environ = _build_environment(folder, environment)
    for name, program in programs.items():
        _make_project(folder, name, program, environ)

    def preview(name: str) -> float:
        return time_call(lambda: _run_pulumi(folder / name, environ, "preview"))

    previews = {name: (lambda name=name: preview(name)) for name in programs}
    return measure_in_turns(previews, scale.process_rounds)


def _build_environment(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with a separate home, backend and plugin, and this Python on PATH."""
    plugin = folder / "plugin" / "pulumi-resource-tcimages"
    plugin.parent.mkdir()
    plugin.write_text(_LAUNCHER.format(python=sys.executable), encoding="utf-8")
    plugin.chmod(0o755)
    (folder / "backend").mkdir()
    return {
        **environment,
        "HOME": str(folder),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]]),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": (folder / "backend").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "benchmark",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def _make_project(folder: Path, name: str, program: str, environ: Mapping[str, str]) -> None:
    project = {
        "name": name.replace(" ", "-"),
        "runtime": "python",
        "plugins": {"providers": [{"name": "tcimages", "path": "../plugin"}]},
    }
    (folder / name).mkdir()
    (folder / name / "Pulumi.yaml").write_text(json.dumps(project), encoding="utf-8")
    (folder / name / "__main__.py").write_text(program, encoding="utf-8")
    _run_pulumi(folder / name, environ, "stack", "init", "dev")


def _run_pulumi(folder: Path, environ: Mapping[str, str], *arguments: str) -> None:
    command = ["pulumi", "--non-interactive", "--color=never", *arguments]
    result = subprocess.run(command, cwd=folder, env=dict(environ), capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(f"pulumi {' '.join(arguments)}:\n{result.stdout}{result.stderr}")
