"""The images that the examples choose in the emulator."""

from __future__ import annotations

import json
from pathlib import Path

from pulumi_tcimages.emulator import Emulator, Key

OLD = "280aa994-e06e-5188-9511-f5ccdd042676"
TRAINING = "91c8dd73-d3b5-5ded-a963-bd7dbd75f08e"
TRAINING_NAME = "verl0.6.1-vllm0.11.0-torch2.8-py312-cuda12.8-gpu"
TRAINING_URL = f"tione.tencentcloudcr.com/qcloud-ti-platform/notebook-conda-gpu:{TRAINING_NAME}"
SESSION = "9cb4085e-4091-57b3-9e43-6f3a206a62af"
SESSION_TAG = "dev-v20250818"
SESSION_URL = f"ccr.ccs.tencentyun.com/dlc_cloud/pytorch:{SESSION_TAG}"

EXPLICIT_PROVIDER = {
    "guangzhou_region": "ap-guangzhou",
    "guangzhou_count": 29,
    "guangzhou_newest": "vllm(0.20.2)",
    "shanghai_region": "ap-shanghai",
    "shanghai_count": 29,
    "shanghai_newest": "vllm(0.20.2)",
}
"""The exports of examples/explicit_provider."""


def write_research_keys(cloud: Emulator, home: Path) -> Key:
    """Write keys to the tccli profile of the second provider in examples/explicit_provider."""
    key = cloud.keys.add(Key("AKIDresearch", "research-key"))
    profile = home / ".tccli" / "research.credential"
    profile.parent.mkdir()
    profile.write_text(json.dumps({"secretId": key.secret_id, "secretKey": key.secret_key}))
    return key


def used_separate_keys(cloud: Emulator, research: Key) -> bool:
    """Return whether each provider of examples/explicit_provider used its own region and keys."""
    return {(request.region, request.secret_id) for request in cloud.requests} == {
        ("ap-guangzhou", cloud.secret_id),
        ("ap-shanghai", research.secret_id),
    }
