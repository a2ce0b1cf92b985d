"""Run a whole program on `ProviderMocks`, without the `pulumi` command."""

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

from pulumi_tcimages.sdk.tracebacks import drop_library_frames
from pulumi_tcimages.testing.mocks import ProviderMocks
from pulumi_tcimages.user_files import is_folder

__tracebackhide__ = True
"""Hides this module's frames from pytest's tracebacks, which would print keys in arguments."""


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
    """Run a whole program and return its exports, with secrets as plain values.

    In a preview, unknown values are `pulumi.UNKNOWN`.

    Args:
        program: A program's folder or file, or a function.
        config: The stack's configuration. A key without `namespace:` gets the project's namespace.
        environment: Variables for the plugin, as for `ProviderMocks`.
        mocks: Your mocks for the resources and functions of other packages.
        preview: Whether to run the program as `pulumi preview` does.
        project: The project's name.
        stack: The stack's name.

    Raises: the errors of the program, for instance the classes in `pulumi_tcimages.errors`.
    """
    function = program if callable(program) else _load_program(Path(program))
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
    """Run a program on a mock monitor. A `ProviderMocks` then contains the program's exports.

    Raises: the errors of the program; TypeError if a configuration value cannot be written as JSON.
    """
    settings = {}
    for name, value in (config or {}).items():
        key = name if ":" in name else f"{project}:{name}"
        settings[key] = _to_text(key, value)

    stops: list[Callable[[], object]] = []

    def run_program() -> None:
        pulumi.runtime.configure(pulumi.runtime.Settings(project=project, stack=stack))
        pulumi.runtime.set_all_config(settings)
        with _event_loop() as loop:
            # Without a root resource, `set_mocks` would create a stack of its own.
            set_root_resource(_NO_ROOT)
            pulumi.runtime.set_mocks(
                monitor.mocks, project, stack, preview, monitor=monitor, organization=_ORGANIZATION
            )
            set_root_resource(None)  # type: ignore[arg-type]
            stops.append(partial(loop.call_soon_threadsafe, _cancel_all, loop))
            loop.run_until_complete(pulumi.runtime.run_in_stack(program))

    # Pulumi stores globals per context and event loops per thread, so each run gets new ones.
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(contextvars.copy_context().run, run_program)
        try:
            future.result()
        except BaseException as error:
            drop_library_frames(error)
            raise error  # In Python 3.10, `raise` alone would restore the frames.
        finally:
            # After Ctrl-C or a test timeout, the pool would wait for the program forever, and the
            # program for its lookups.
            if not future.done():
                if isinstance(monitor, ProviderMocks):
                    monitor.close()
                # Stopping fails if the program has ended in the meantime and closed its loop.
                with suppress(RuntimeError):
                    for stop in stops:
                        stop()


def _to_text(key: str, value: object) -> str:
    """Return a configuration value as Pulumi stores it: a string as it is, all others as JSON.

    Raises: TypeError with the key, but without the value, which may contain secrets.
    """
    # An error from `json` or `pulumi` would have frames whose arguments pytest prints. `from None`
    # removes them. Values may be objects of any class, which may raise any error.
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        f"{key}{text}".encode()
    except Exception:
        raise TypeError(
            f"config key {key}: the value cannot be written as JSON; expected strings of valid"
            " characters, numbers, booleans, None, and lists and maps of them"
        ) from None
    return text


# Pulumi's synchronous invokes use methods that only asyncio's own loops have. So the process's
# event loop policy, such as uvloop's, is not used.
if sys.platform == "win32":
    _STOCK_LOOP = asyncio.ProactorEventLoop
else:
    _STOCK_LOOP = asyncio.SelectorEventLoop
_NO_ROOT: Any = object()
_ORGANIZATION = "organization"  # The name that all backends except Pulumi Cloud use.


class _Threads(ThreadPoolExecutor):
    """A thread pool that runs each call with the caller's context variables.

    One of them is the stack's configuration. Pulumi's SDK has done this itself since version 3.260.
    """

    def submit(self, call: Callable[..., Any], /, *args: Any, **more: Any) -> Any:
        return super().submit(contextvars.copy_context().run, call, *args, **more)


@contextmanager
def _event_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Context manager for an event loop, and for worker threads that each have their own loop."""
    loops: list[asyncio.AbstractEventLoop] = []

    def open_loop() -> asyncio.AbstractEventLoop:
        loops.append(_STOCK_LOOP())
        asyncio.set_event_loop(loops[-1])
        return loops[-1]

    loop = open_loop()
    # A failed program leaves tasks behind, whose errors would only distract from the first one.
    loop.set_exception_handler(lambda *_: None)
    try:
        with _Threads(initializer=open_loop) as threads:
            loop.set_default_executor(threads)
            yield loop
    finally:
        _cancel_all(loop)
        # An interrupt may cancel this task too.
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(asyncio.sleep(0))
        asyncio.set_event_loop(None)
        for opened in loops:
            opened.close()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel all tasks of a loop.

    In older Pulumi SDKs, an asynchronous program runs in a separate task for which another task
    waits, so both must be cancelled.
    """
    for task in asyncio.all_tasks(loop):
        task.cancel()


def _load_program(path: Path) -> Callable[[], None]:
    """Return a function that runs a program in its folder, as `pulumi` does."""
    path = path.resolve(strict=True)
    folder = path if is_folder(path) else path.parent
    target = folder if path.name == "__main__.py" else path

    def program() -> None:
        previous, loaded = Path.cwd(), set(sys.modules)
        os.chdir(folder)
        try:
            runpy.run_path(str(target), run_name="__main__")
        finally:
            os.chdir(previous)
            # Remove the program's modules, so that the next run imports them again, as documented.
            for name in set(sys.modules) - loaded:
                file = getattr(sys.modules[name], "__file__", None)
                if file and Path(file).is_relative_to(folder):
                    del sys.modules[name]

    return program
