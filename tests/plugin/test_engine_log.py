"""Log lines for the engine: sent once for each resource, or dropped if nobody listens."""

from __future__ import annotations

import sys

import pytest

from pulumi_tcimages.plugin.engine_log import EngineLog
from tests.plugin.conftest import Engine


def test_line_without_an_engine_is_dropped() -> None:
    EngineLog("127.0.0.1:1").warn("nobody hears this")


def test_line_whose_modules_cannot_be_imported_is_dropped(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = EngineLog(engine.address)
    with monkeypatch.context() as broken:
        broken.setitem(sys.modules, "pulumi_tcimages.plugin.pulumi_proto", None)
        log.warn("lost")

    log.warn("heard")

    assert [line[1] for line in engine.logged] == ["heard"]


def test_log_reaches_the_engine_despite_a_proxy(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy", "https_proxy", "grpc_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    EngineLog(engine.address).warn("heard")

    assert [line[1] for line in engine.logged] == ["heard"]


def test_same_line_is_sent_once_for_each_resource(engine: Engine) -> None:
    log = EngineLog(engine.address)

    for urn in "aab":
        log.about(urn, []).warn("withdrawn")

    assert [line[2] for line in engine.logged] == ["a", "b"]


def test_line_is_sent_again_after_a_thousand_others(engine: Engine) -> None:
    """The number of remembered lines is limited."""
    log = EngineLog(engine.address)

    for text in ("first", *map(str, range(1_000)), "first"):
        log.warn(text)

    assert [line[1] for line in engine.logged].count("first") == 2
