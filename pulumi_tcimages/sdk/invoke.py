"""Call a function of the provider, and return its answer as a record or raise its error.

The plain form answers now. The output form answers when its arguments are known.
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

TOKEN = "tcimages:index:"  # noqa: S105 (Pulumi's word for a type's name)
# Pulumi's wire format for property values (sdk/proto, "special signatures").
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

_ResultT = TypeVar("_ResultT")


def invoke(function: str, result: type[_ResultT], keywords: Mapping[str, Any]) -> _ResultT:
    """Return the answer now. Errors: the classes of `pulumi_tcimages.errors`."""
    _require_engine()
    failed: Exception | None = None
    answer: _ResultT | None = None
    try:
        answer = pulumi.runtime.invoke(
            TOKEN + function, _wire(keywords), _options(keywords["opts"]), result
        ).value
    except Exception as failure:  # raised below: here, the failure would be its `__context__`
        failed = read_failure(failure, find_call_site())
    if failed:
        raise failed
    if answer is None or _is_unanswered(answer):
        raise not_known(snake(function)) if _keeps_marks() else _mock_is_empty(function)
    return answer


def invoke_output(
    function: str, result: type[_ResultT], keywords: Mapping[str, Any]
) -> pulumi.Output[_ResultT]:
    """Return the answer as an output, with the dependencies and secrets of its arguments."""
    _require_engine()
    is_marked, site = _keeps_marks(), find_call_site()
    wire = {name: _joined(value, is_marked) for name, value in _wire(keywords).items()}
    answer: pulumi.Output[Any] = pulumi.runtime.invoke_output(
        TOKEN + function, wire, _options(keywords["opts"]), result
    )
    if hasattr(pulumi.Output, "recover"):  # older SDKs print our text below their traceback
        # Only the last output may fail: a program cannot recover from one that it does not see.
        answer = answer.recover(lambda failure: _read_failure(failure, site, keywords, is_marked))
    return answer.apply(_known_or_raised)


def _known_or_raised(answer: Any) -> Any:
    return _raise(answer) if isinstance(answer, Exception) else _or_unknown(answer)


async def _raise(error: Exception) -> NoReturn:
    raise error


async def _read_failure(
    failure: Exception, site: str, keywords: Mapping[str, Any], is_marked: bool
) -> Exception:
    """Return the error for the program, without what is secret among the arguments."""
    secrets = await _secret_texts(keywords)
    return read_failure(failure, site, secrets, is_redacted=is_marked or not secrets)


async def _secret_texts(value: object, is_secret: bool = False) -> list[str]:
    """Return every text and number among the arguments that is secret, or in a secret."""
    if isinstance(value, pulumi.Output):
        is_secret = is_secret or await value.is_secret()
        value = await value.future()
    if isinstance(value, (str, int, float)):
        return [str(value)] if is_secret else []
    parts = list(value.values()) if isinstance(value, Mapping) else value
    if not isinstance(parts, (list, tuple)):
        return []
    return [text for part in parts for text in await _secret_texts(part, is_secret)]


def _keeps_marks() -> bool:
    """Return whether the monitor passes secrets to the plugin as secrets; a user's mock does
    not."""
    monitor = get_monitor()
    return isinstance(monitor, ResourceMonitorStub) or getattr(monitor, "keeps_marks", False)


def make_plugin_findable() -> None:
    """Put the plugin where the engine looks, unless the monitor is a mock."""
    monitor, home = get_monitor(), read_pulumi_home()
    if isinstance(monitor, ResourceMonitorStub) and (monitor, home) not in _registered_runs:
        _register_plugin()
        _registered_runs.append((monitor, home))


_registered_runs: deque[tuple[ResourceMonitorStub, str]] = deque(maxlen=16)
"""Monitor and Pulumi home of program runs. One process may run a few programs at the same time."""


def _register_plugin() -> None:
    """Register the plugin once per program run, which has its own monitor.

    A process of the Automation API may run programs for months, while somebody deletes the launcher
    or its environment. An engine that finds no plugin stops the program without a word to it, so
    the program warns first, unless its project says where the plugin is.
    """
    problem = discovery.register(get_root_directory())
    if not problem:
        pulumi.log.debug(f"tcimages: {escape(str(launcher_path()))} is the plugin's launcher")
    elif not _project_names_plugin():
        pulumi.log.warn(str(discovery.explain(problem)))


def _project_names_plugin() -> bool:
    try:
        project = Path(get_root_directory(), "Pulumi.yaml").read_bytes()
    except (OSError, TypeError):
        return False
    return bool(re.search(rb"^(?:plugins|packages):(?s:.*)\btcimages\b", project, re.MULTILINE))


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


def _mock_is_empty(function: str) -> Exception:
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


def _wire(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that were given, in Pulumi's spelling."""
    return {
        camel(name): value
        for name, value in keywords.items()
        if name != "opts" and value is not None
    }


def _joined(argument: object, is_marked: bool) -> object:
    """Return an argument that holds outputs as one output, marked for the plugin if it is secret.

    One output is unknown as a whole if a part of it is. Of a text in a list Pulumi's SDK does not
    see that: it would ask, the engine would drop the text, and the preview would show the answer to
    another question.

    Pulumi's SDK takes the marks of secrets off a function's arguments. It leaves those of output
    values, which the engine hands to the plugin as secrets.
    """
    if not any(isinstance(part, pulumi.Output) for _, part in leaves(argument)):
        return argument
    whole: pulumi.Output[Any] = pulumi.Output.from_input(_plain(argument))

    async def mark(value: Any) -> Any:
        is_secret = is_marked and await whole.is_secret()
        return {_SIGNATURE: _OUTPUT_VALUE, "value": value, "secret": True} if is_secret else value

    return whole.apply(mark)


def _plain(value: object) -> object:
    """Return the value with dicts and lists only, in which Pulumi finds every output."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _or_unknown(answer: _ResultT) -> _ResultT:
    return typing.cast("_ResultT", pulumi.UNKNOWN) if _is_unanswered(answer) else answer


def _is_unanswered(answer: object) -> bool:
    """Return whether a preview got no answer, because the provider's configuration is unknown."""
    return is_dry_run() and all(one is None for one in vars(answer).values())
