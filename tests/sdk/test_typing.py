"""Type checkers see every lazily imported name with its type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import pulumi_tcimages as t

one = t.get_session_image(data_engine_id="a", framework_type="python")
reveal_type(one.spark_image_id)
reveal_type(t.get_platform_images().images[0].components)
reveal_type(t.get_platform_image_output(image_id=one.spark_image_id))
reveal_type(t.PlatformImagePin("p", image_range="Train").image)
t.get_platform_image(image_rang="x")
t.get_platform_images(filters=[{"name": "ImageId", "value": ["a"]}])
t.Provider("p", assume_role={"role_arn": 1})
"""


def test_mypy_infers_every_type_and_reports_typos(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT)},
    )

    found = re.findall(r'Revealed type is "(.*)"|error: .*\[([a-z-]+)\]', result.stdout)
    assert [revealed or code for revealed, code in found] == [
        "str",
        "dict[str, str]",
        "pulumi.output.Output[pulumi_tcimages.sdk.generated.platform_images.GetPlatformImageResult]",
        "pulumi.output.Output[pulumi_tcimages.sdk.generated.platform_images.PlatformImage]",
        "call-arg",
        "typeddict-item",
        "typeddict-unknown-key",
        "arg-type",
    ]
