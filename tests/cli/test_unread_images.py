"""Images whose version cannot be parsed are named in warnings, with the version as sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulumi_tcimages.emulator import Catalogue, Emulator
from tests.cli.conftest import Shell, use_emulator
from tests.plugin.pin_steps import vllm_row

WARNING = (
    "warning: not considered, because it cannot be read: vllm(nightly) "
    '(--framework-version "nightly")\n'
)
LATEST = ("platform-images", "--framework", "vllm", "--latest")


@pytest.fixture(autouse=True)
def start_emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An emulator with four images, one of them with a version that cannot be parsed."""
    with Emulator(catalogue=Catalogue(), requests_per_second=0) as cloud:
        for version in ("24.03", "0.20.1-cu129", "0.9.2", "nightly", "24.04rc1"):
            cloud.catalogue.add_platform_image(vllm_row(version))
        use_emulator(cloud, monkeypatch)
        yield


def test_latest_prints_a_warning_on_stderr(shell: Shell) -> None:
    outcome = shell(*LATEST, "-o", "ids")

    assert outcome == (0, "vllm-24.03\n", WARNING)


def test_list_prints_a_warning_on_stderr(shell: Shell) -> None:
    outcome = shell("platform-images", "--framework-version", ">=0.10", "-o", "ids")

    assert outcome == (0, "vllm-0.20.1-cu129\nvllm-24.03\n", WARNING)


def test_empty_list_error_names_the_image(shell: Shell) -> None:
    outcome = shell("platform-images", "--framework-version", ">=99")

    assert (outcome.code, outcome.out) == (1, "")
    assert (
        'because it cannot be read: vllm(nightly) (--framework-version "nightly")'
        in outcome.err.replace("\n         ", " ")
    )
    assert "warning" not in outcome.err


def test_explain_shows_versions_as_sent_and_warns(shell: Shell) -> None:
    outcome = shell("explain", *LATEST)

    assert (outcome.code, outcome.err) == (0, WARNING)
    assert outcome.out.endswith(
        "Why      the newest of 5 images: framework-version 24.03\n"
        "Behind   framework-version 0.20.1-cu129  vllm(0.20.1-cu129)\n"
        "         framework-version 0.9.2  vllm(0.9.2)\n"
        "         framework-version 24.04rc1 (a pre-release)  vllm(24.04rc1)\n"
        "         ... and 1 more\n"
    )


def test_explain_of_a_tie_names_the_image(shell: Shell) -> None:
    outcome = shell("explain", *LATEST, "--framework-version", ">=99")

    assert outcome.code == 1
    assert (
        'because it cannot be read: vllm(nightly) (--framework-version "nightly")'
        in outcome.out.replace("\n         ", " ")
    )
