"""Run all tests in a clean environment, independent of the caller's variables and signals."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import archives, caller_environment

# At import, because pulumi and grpc read the environment when they are first imported.
for _name in caller_environment.list_foreign_variables(report=False):
    del os.environ[_name]

# Tests must not fail on a slow machine.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")


SLOW_FILES = {
    "test_archive.py",
    "test_benchmarks.py",
    "test_example_requirements.py",
    "test_frozen_plugin.py",
    "test_package.py",
    "test_tracebacks.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the slowest files first, so that all workers of a run end at the same time."""
    items.sort(key=lambda item: item.path.name not in SLOW_FILES)


def pytest_configure(config: pytest.Config) -> None:
    caller_environment.ENVIRONMENT.update(getattr(config, "workerinput", {}).get("callers", {}))


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_configure_node(node: Any) -> None:
    node.workerinput["callers"] = caller_environment.ENVIRONMENT


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = str(tmp_path_factory.mktemp("home"))
    clean = {"HOME": home, "USERPROFILE": home, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    umask = os.umask(0o022)
    with pytest.MonkeyPatch.context() as patch:
        for name in caller_environment.list_foreign_variables(report=True):
            patch.delenv(name)
        for name, text in clean.items():
            patch.setenv(name, text)
        patch.chdir(Path(__file__).parents[1])
        _reset_signals()
        _set_time_zone()
        yield
    _set_time_zone()
    os.umask(umask)


def _reset_signals() -> None:
    """Restore signals that `nohup` or a background job of a shell makes the process ignore."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)  # Windows lacks some of them
        if number and signal.getsignal(number) is signal.SIG_IGN:
            is_ctrl_c = number == signal.SIGINT
            signal.signal(number, signal.default_int_handler if is_ctrl_c else signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _set_time_zone() -> None:
    if hasattr(time, "tzset"):  # not on Windows, where TZ has no effect
        time.tzset()


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The plugin's archive, built once for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    return archives.build_archive(shared / "plugin-archive.lock")
