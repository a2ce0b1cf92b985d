"""The plugin processes of `ProviderMocks`: how many are started, and that all are ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime.proto import resource_pb2

import pulumi_tcimages as tcimages
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.testing import PluginWarning, ProviderMocks, run
from pulumi_tcimages.testing.programs import run_on
from tests.testing.conftest import Environment, get_newest_image
from tests.timeouts import PATIENCE_S, wait_until

ROOT = Path(__file__).parents[2]


def invoke(mocks: ProviderMocks) -> Any:
    request = resource_pb2.ResourceInvokeRequest(tok="tcimages:index:getPlatformImages")
    return mocks.Invoke(request)


def test_concurrent_first_calls_start_one_plugin(environment: Environment) -> None:
    with ProviderMocks(environment=environment) as mocks, ThreadPoolExecutor(20) as threads:
        responses = list(threads.map(lambda _: invoke(mocks), range(20)))
        pids = {plugin._process.pid for plugin in mocks._plugins.values()}

    assert len({getattr(response, "return")["totalCount"] for response in responses}) == 1
    assert len(pids) == 1
    assert not any(map(is_running, pids))


def test_plugin_with_warnings_leaves_no_thread(environment: Environment) -> None:
    with pytest.warns(PluginWarning):
        run(lambda: tcimages.get_platform_images(image_range="Trian"), environment=environment)

    assert [
        thread for thread in threading.enumerate() if thread.name.startswith("tcimages-log")
    ] == []


def test_plugin_imports_nothing_from_the_current_folder(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests run in the program's folder, whose files may have the names of libraries."""
    for name in ("grpc", "requests", "runpy"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('the {name} of the program')\n")
    monkeypatch.chdir(tmp_path)

    with ProviderMocks(environment=environment) as mocks:
        assert getattr(invoke(mocks), "return")["totalCount"] > 0


def test_several_mocks_run_together_and_restart_after_close(
    environment: Environment,
) -> None:
    with Emulator() as other, ProviderMocks(environment=environment) as first:
        withdrawn_id = other.catalogue.platform_images()[0]["ImageId"]
        other.catalogue.withdraw_platform_image(withdrawn_id)
        with ProviderMocks(environment=other.environment) as second:
            counts = [getattr(invoke(plugin), "return")["totalCount"] for plugin in (first, second)]
        first.close()
        again = getattr(invoke(first), "return")["totalCount"]

    assert counts[1] < counts[0] == again


def test_plugin_does_not_inherit_keys(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECURITY_TOKEN", "a developer's own")
    monkeypatch.setenv("TENCENTCLOUD_REGION", "ap-tokyo")

    region = environment["TENCENTCLOUD_REGION"]

    assert run(
        lambda: pulumi.export("region", get_newest_image().region), environment=environment
    ) == {"region": region}


def test_plugin_that_dies_during_a_call_raises(
    environment: Environment,
) -> None:
    with ProviderMocks(environment=environment) as mocks:
        invoke(mocks)
        mocks._plugins[""]._process.kill()
        mocks._plugins[""]._process.wait()
        with pytest.raises(RuntimeError, match=r"the plugin ended during a call\."):
            invoke(mocks)


def test_plugin_that_cannot_start_raises_with_its_output(environment: Environment) -> None:
    bare = {**environment, "PYTHONHOME": "/nowhere"}

    with (
        ProviderMocks(environment=bare) as mocks,
        pytest.raises(RuntimeError, match=r"(?s)the plugin did not start\. It said:\n.+"),
    ):
        invoke(mocks)

    assert mocks._plugins == {}


def test_ctrl_c_during_plugin_start_leaves_no_thread(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(threading.Timer):
        def start(self) -> None:
            super().start()
            raise KeyboardInterrupt

    monkeypatch.setattr(threading, "Timer", Interrupted)

    with ProviderMocks(environment=environment) as mocks, pytest.raises(KeyboardInterrupt):
        invoke(mocks)

    timers = [thread for thread in threading.enumerate() if isinstance(thread, Interrupted)]
    for timer in timers:
        timer.join(PATIENCE_S)
    assert [timer for timer in timers if timer.is_alive()] == []


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_plugin_ends_with_a_killed_test(environment: Environment) -> None:
    code = (
        "import sys, time; sys.path[:0] = [sys.argv[1]]\n"
        "from tests.testing.test_processes import ProviderMocks, invoke\n"
        "mocks = ProviderMocks(environment={}); invoke(mocks)\n"
        "print(mocks._plugins['']._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(ROOT)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    ) as test:
        pid = int(test.stdout.readline()) if test.stdout else 0
        test.send_signal(signal.SIGKILL)

    assert wait_until(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_monitor_uses_the_environment_of_the_call(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ProviderMocks() as mocks:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

        run_on(mocks, lambda: pulumi.export("region", get_newest_image().region))

    assert mocks.exports == {"region": environment["TENCENTCLOUD_REGION"]}


def test_emulator_as_environment_raises() -> None:
    with pytest.raises(TypeError, match=r"such as the emulator's \.environment"):
        run(lambda: None, environment=Emulator())  # type: ignore[arg-type]
