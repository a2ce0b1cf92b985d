"""A whole program without the `pulumi` command: run on `ProviderMocks`, its exports handed back."""

from __future__ import annotations

import asyncio
import contextvars
import json
import os
import runpy
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import set_root_resource

from pulumi_tcimages.testing.mocks import ProviderMocks


def run(
    program: str | os.PathLike[str] | Callable[[], object],
    *,
    config: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    mocks: pulumi.runtime.Mocks | None = None,
    preview: bool = False,
    project: str = "project",
    stack: str = "stack",
) -> dict[str, Any]:
    """The exports of a whole program: secrets opened, `pulumi.UNKNOWN` where a preview cannot know.

    Args:
        program: A program's folder or file, or a function.
        config: The stack's configuration; a key without a `namespace:` is the project's.
        environment: Variables for the plugin, as for `ProviderMocks`.
        mocks: Your own, for every resource and function that is not ours.
        preview: Whether to run as `pulumi preview` does.
        project: The project's name.
        stack: The stack's name.

    Errors: what the program raises; the classes of `pulumi_tcimages.errors` for our lookups.
    """
    function = program if callable(program) else _program_at(Path(program))
    with ProviderMocks(mocks, environment=environment) as monitor:
        run_on(monitor, function, config=config, preview=preview, project=project, stack=stack)
        return monitor.exports


def run_on(
    monitor: MockMonitor,
    program: Callable[[], Any],
    *,
    config: Mapping[str, object] | None = None,
    preview: bool = False,
    project: str = "project",
    stack: str = "stack",
) -> None:
    """Run a program to its end on any mock monitor; `ProviderMocks` then has its exports.

    Errors: what the program raises.
    """
    settings = {
        key if ":" in key else f"{project}:{key}": value
        if isinstance(value, str)
        else json.dumps(value)
        for key, value in (config or {}).items()
    }

    stops: list[Callable[[], object]] = []

    def within() -> None:
        pulumi.runtime.configure(pulumi.runtime.Settings(project=project, stack=stack))
        pulumi.runtime.set_all_config(settings)
        with _event_loop() as loop:
            # set_mocks opens a stack of its own unless there is a root resource.
            set_root_resource(_NO_ROOT)
            pulumi.runtime.set_mocks(
                monitor.mocks, project, stack, preview, monitor=monitor, organization=_ORGANIZATION
            )
            set_root_resource(None)  # type: ignore[arg-type]
            stops.append(partial(loop.call_soon_threadsafe, _cancel_all, loop))
            loop.run_until_complete(pulumi.runtime.run_in_stack(program))

    # Pulumi's globals and event loops belong to a context and a thread: this run has its own.
    with ThreadPoolExecutor(1) as apart:
        ran = apart.submit(contextvars.copy_context().run, within)
        try:
            ran.result()
        finally:
            if not ran.done():  # a Ctrl-C, or a time limit of the test's: it would wait for ever
                with suppress(RuntimeError):  # it has come to its end after all
                    for stop in stops:
                        stop()


# Pulumi's plain invokes step the running loop with methods that only asyncio's own loops have. So
# the policy of the process, uvloop's for instance, has no say in it.
if sys.platform == "win32":
    _STOCK_LOOP = asyncio.ProactorEventLoop
else:
    _STOCK_LOOP = asyncio.SelectorEventLoop
_NO_ROOT: Any = object()
_ORGANIZATION = "organization"  # what it is called where there is no Pulumi Cloud


class _Threads(ThreadPoolExecutor):
    """Threads that know the stack's configuration: before 3.260 Pulumi's calls came without it."""

    def submit(self, call: Callable[..., Any], /, *args: Any, **more: Any) -> Any:
        return super().submit(contextvars.copy_context().run, call, *args, **more)


@contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop whose threads have loops too: Pulumi's mocks make one in each and never close it."""
    loops: list[asyncio.AbstractEventLoop] = []

    def open_loop() -> asyncio.AbstractEventLoop:
        loops.append(_STOCK_LOOP())
        asyncio.set_event_loop(loops[-1])
        return loops[-1]

    loop = open_loop()
    loop.set_exception_handler(lambda *_: None)  # a program that fails leaves tasks behind
    try:
        with _Threads(initializer=open_loop) as threads:
            loop.set_default_executor(threads)
            yield loop
    finally:
        _cancel_all(loop)
        loop.run_until_complete(asyncio.sleep(0))
        asyncio.set_event_loop(None)
        for one in loops:
            one.close()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    """Every task, for older SDKs wait for an asynchronous program in the middle of another one."""
    for task in asyncio.all_tasks(loop):
        task.cancel()


def _program_at(path: Path) -> Callable[[], None]:
    """A function that runs a program's file as `pulumi` does: in its folder, its modules fresh."""
    path = path.resolve(strict=True)
    folder = path if path.is_dir() else path.parent
    target = folder if path.name == "__main__.py" else path

    def program() -> None:
        before, known = Path.cwd(), set(sys.modules)
        os.chdir(folder)
        try:
            runpy.run_path(str(target), run_name="__main__")
        finally:
            os.chdir(before)
            # The only use of sys.modules here, and a documented one: the next run imports its own.
            for name in set(sys.modules) - known:
                file = getattr(sys.modules[name], "__file__", None)
                if file and Path(file).is_relative_to(folder):
                    del sys.modules[name]

    return program
