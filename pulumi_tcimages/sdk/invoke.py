"""Invoke a provider function and return its result as a record or raise its error.

`invoke` calls the engine synchronously. `invoke_output` accepts outputs as arguments, and returns
an output.
"""

from __future__ import annotations

import re
import typing
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pulumi
from pulumi.runtime import is_dry_run
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub
from pulumi.runtime.settings import get_monitor, get_root_directory

from pulumi_tcimages import __version__
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import escape
from pulumi_tcimages.naming import camel, snake
from pulumi_tcimages.sdk import discovery
from pulumi_tcimages.sdk.arguments import leaves
from pulumi_tcimages.sdk.call_site import find_call_site
from pulumi_tcimages.sdk.errors import not_known, read_failure, to_run_error
from pulumi_tcimages.sdk.pulumi_home import launcher_path, read_pulumi_home
from pulumi_tcimages.user_files import read_start

__tracebackhide__ = True  # Without it, pytest's tracebacks would print the arguments.
TOKEN = "tcimages:index:"  # noqa: S105 (Pulumi's word for a type's name)
# The keys of tagged objects in Pulumi's wire format (sdk/proto, "special signatures").
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_MAX_PROJECT_BYTES = 1024 * 1024

_ResultT = TypeVar("_ResultT")


def invoke(function: str, result: type[_ResultT], keywords: Mapping[str, Any]) -> _ResultT:
    """Invoke a function and wait for its result.

    Raises: the classes in `pulumi_tcimages.errors`.
    """
    _require_engine()
    error: Exception | None = None
    answer: _ResultT | None = None
    try:
        answer = pulumi.runtime.invoke(
            TOKEN + function, _to_wire(keywords), _options(keywords["opts"]), result
        ).value
    # The error is raised after `except`, so that its traceback omits the engine's exception.
    except Exception as engine_error:
        error = read_failure(engine_error, find_call_site())
    if error:
        raise error
    if answer is None or _is_unanswered(answer):
        raise not_known(snake(function)) if _passes_secrets() else _empty_mock_error(function)
    return answer


def invoke_output(
    function: str, result: type[_ResultT], keywords: Mapping[str, Any]
) -> pulumi.Output[_ResultT]:
    """Invoke a function whose arguments may be outputs. The result is secret if an argument is."""
    _require_engine()
    marks_secrets, site = _passes_secrets(), find_call_site()
    inputs = {
        name: _join_outputs(value, marks_secrets) for name, value in _to_wire(keywords).items()
    }
    answer: pulumi.Output[Any] = pulumi.runtime.invoke_output(
        TOKEN + function, inputs, _options(keywords["opts"]), result
    )
    # Older versions of Pulumi's SDK lack `recover` and print a traceback before the message.
    if hasattr(pulumi.Output, "recover"):
        # Turn the error into a value, which `_to_result` raises again in the program's output. So
        # the program can call `recover` on its output.
        answer = answer.recover(
            lambda engine_error: _read_failure(engine_error, site, keywords, marks_secrets)
        )
    return answer.apply(_to_result)


def _to_result(answer: Any) -> Any:
    return _raise(answer) if isinstance(answer, Exception) else _to_unknown(answer)


async def _raise(error: Exception) -> NoReturn:
    raise error


async def _read_failure(
    engine_error: Exception, site: str, keywords: Mapping[str, Any], marks_secrets: bool
) -> Exception:
    """Convert the engine's exception to an error with secret arguments redacted."""
    secrets = await _secret_texts(keywords)
    return read_failure(engine_error, site, secrets, is_redacted=marks_secrets or not secrets)


async def _secret_texts(value: object, is_secret: bool = False) -> list[str]:
    """Return the secret strings and numbers in an argument, as strings."""
    if isinstance(value, pulumi.Output):
        is_secret = is_secret or await value.is_secret()
        value = await value.future()
    if isinstance(value, (str, int, float)):
        return [str(value)] if is_secret else []
    parts = list(value.values()) if isinstance(value, Mapping) else value
    if not isinstance(parts, (list, tuple)):
        return []
    return [text for part in parts for text in await _secret_texts(part, is_secret)]


def _passes_secrets() -> bool:
    """Return whether to mark secrets in arguments.

    The plugin accepts such marks, but a user's own mocks would not expect them.
    """
    monitor = get_monitor()
    return isinstance(monitor, ResourceMonitorStub) or getattr(monitor, "passes_secrets", False)


def make_plugin_findable() -> None:
    """Write the plugin's launcher once per program run, unless the program runs with mocks."""
    monitor, home = get_monitor(), read_pulumi_home()
    if isinstance(monitor, ResourceMonitorStub) and (monitor, home) not in _registered_runs:
        _register_plugin()
        _registered_runs.append((monitor, home))


_registered_runs: deque[tuple[ResourceMonitorStub, str]] = deque(maxlen=16)
"""The monitor and Pulumi home of recent program runs. A process may run several programs."""


def _register_plugin() -> None:
    """Write the plugin's launcher if needed. Warn if the engine might not find the plugin.

    The warning is needed because the engine ends the program without raising an error if the plugin
    is missing. It is omitted if the project file names a plugin.

    Each run checks the launcher. An Automation API process may run programs for months, and
    somebody may delete the launcher or its environment in the meantime.
    """
    if discovery.is_opted_out():
        return
    problem = discovery.register(get_root_directory())
    if problem is None:
        pulumi.log.debug(f"tcimages: {escape(str(launcher_path()))} is the plugin's launcher")
    elif not _project_names_plugin():
        pulumi.log.warn(str(discovery.explain(problem)))


def _project_names_plugin() -> bool:
    try:
        project = read_start(Path(get_root_directory(), "Pulumi.yaml"), _MAX_PROJECT_BYTES)
    except (OSError, TypeError):
        return False
    # Search for the section and then for the name: a single pattern would take quadratic time.
    section = re.search(rb"^(?:plugins|packages):", project, re.MULTILINE)
    return bool(section and re.search(rb"\btcimages\b", project[section.end() :]))


def _require_engine() -> None:
    if get_monitor() is None:
        raise to_run_error(_explain_missing_engine())
    make_plugin_findable()


def _explain_missing_engine() -> ConfigurationError:
    import __main__

    spec = __main__.__spec__
    if spec is not None and spec.name.startswith("pulumi.dynamic"):
        return ConfigurationError(
            "a dynamic provider cannot look up images: no engine answers its process.",
            fix="look the image up in the program, and pass the answer to the resource.",
        )
    return ConfigurationError(
        "this program is not run by Pulumi, so no engine answers.",
        fix="run it with `pulumi up`, or without the CLI with pulumi_tcimages.testing.run",
    )


def _empty_mock_error(function: str) -> Exception:
    return to_run_error(
        ConfigurationError(
            f"the mock returned nothing for {TOKEN}{function}.",
            fix=f"return the image's properties for {TOKEN}{function} in the mock's call().",
        ),
        snake(function),
    )


def _options(opts: pulumi.InvokeOptions | None) -> pulumi.InvokeOptions:
    kind = type(opts) if isinstance(opts, pulumi.InvokeOutputOptions) else pulumi.InvokeOptions
    return kind.merge(kind(version=__version__), opts)


def _to_wire(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Convert argument names to camelCase and remove arguments that are None."""
    return {
        camel(name): value
        for name, value in keywords.items()
        if name != "opts" and value is not None
    }


def _join_outputs(argument: object, marks_secrets: bool) -> object:
    """Combine the outputs in an argument into a single output, which is secret if any of them is.

    The combined output is unknown if any of them is unknown. Pulumi's SDK does not detect an
    unknown string in a list. It would call the function, the engine would drop the string, and the
    preview would show the result of another query.

    Pulumi's SDK removes secret marks from a function's arguments. It leaves them in a tagged object
    that represents an output, so a secret argument is sent as such an object.
    """
    if not any(isinstance(part, pulumi.Output) for _, part in leaves(argument)):
        return argument
    whole: pulumi.Output[Any] = pulumi.Output.from_input(_to_plain(argument))

    async def mark(value: Any) -> Any:
        is_secret = marks_secrets and await whole.is_secret()
        return {_SIGNATURE: _OUTPUT_VALUE, "value": value, "secret": True} if is_secret else value

    return whole.apply(mark)


def _to_plain(value: object) -> object:
    """Convert maps and lists to dicts and lists, because Pulumi finds outputs only in these."""
    if isinstance(value, Mapping):
        return {key: _to_plain(part) for key, part in value.items()}
    return [_to_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _to_unknown(answer: _ResultT) -> _ResultT:
    return typing.cast("_ResultT", pulumi.UNKNOWN) if _is_unanswered(answer) else answer


def _is_unanswered(answer: object) -> bool:
    """Return whether a result is empty, as in a preview with an unknown configuration."""
    return is_dry_run() and all(value is None for value in vars(answer).values())
