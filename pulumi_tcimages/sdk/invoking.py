"""One call: from Python keywords to the engine, and from its answer to a record or an error.

The plain form answers now; the output form answers when its arguments are known. Neither ever
answers with a half-empty image.
"""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pulumi
from pulumi.runtime import is_dry_run
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub
from pulumi.runtime.settings import get_monitor, get_root_directory
from pulumi.runtime.sync_await import _sync_await

from pulumi_tcimages import __version__
from pulumi_tcimages.errors import SettingsError
from pulumi_tcimages.layout import camel, snake
from pulumi_tcimages.sdk import discovery
from pulumi_tcimages.sdk.failures import not_known, raise_failure, tell

TOKEN = "tcimages:index:"  # noqa: S105 (Pulumi's word for a type's name)

_ResultT = TypeVar("_ResultT")


def ask(function: str, result: type[_ResultT], keywords: Mapping[str, Any]) -> _ResultT:
    """The answer, now. Errors: the classes of `pulumi_tcimages.errors`."""
    _require_engine()
    try:
        answer: _ResultT | None = pulumi.runtime.invoke(
            TOKEN + function, _wire(keywords), _options(keywords["opts"]), result
        ).value
    except Exception as failure:  # whatever it is: none of ours is raised again as it is
        _sync_await(_raise(function, failure, keywords))
    if answer is None or _is_unanswered(answer):
        unknown = _sync_await(_unknown(keywords)) if answer is None else []
        raise not_known(snake(function), unknown)
    return answer


def ask_output(
    function: str, result: type[_ResultT], keywords: Mapping[str, Any]
) -> pulumi.Output[_ResultT]:
    """The answer when it is known; its dependencies and secrets are those of the arguments."""
    _require_engine()
    answer: pulumi.Output[_ResultT] = pulumi.runtime.invoke_output(
        TOKEN + function, _wire(keywords), _options(keywords["opts"]), result
    )
    if hasattr(pulumi.Output, "recover"):  # older SDKs print our text below their traceback
        # Only the last output may fail: a program cannot recover from one that it does not see.
        answer = answer.recover(lambda failure: typing.cast("_ResultT", failure))
    return answer.apply(lambda settled: _known_or_raised(function, settled, keywords))


def _known_or_raised(
    function: str, answer: _ResultT | Exception, keywords: Mapping[str, Any]
) -> pulumi.Input[_ResultT]:
    if isinstance(answer, Exception):
        return _raise(function, answer, keywords)
    return _or_unknown(answer)


async def _raise(function: str, failure: Exception, keywords: Mapping[str, Any]) -> NoReturn:
    names = [snake(function), *keywords]
    raise_failure(failure, names, await _secret_texts(keywords))


async def _unknown(keywords: Mapping[str, Any]) -> list[str]:
    """The arguments that are not known, or have a part that is not."""
    outputs = {
        name: pulumi.Output.from_input(one)
        for name, one in keywords.items()
        if isinstance(one, (pulumi.Output, Mapping, list, tuple))
    }
    return [name for name, one in outputs.items() if not await one.is_known()]


async def _secret_texts(value: object, is_secret: bool = False) -> list[str]:
    """Every text and number among the arguments that is marked as a secret, or is in one.

    Pulumi takes the marks off on the way to a function, so the plugin cannot strike them out.
    """
    if isinstance(value, pulumi.Output):
        is_secret = is_secret or await value.is_secret()
        value = await value.future()
    if isinstance(value, (str, int, float)):
        return [str(value)] if is_secret else []
    parts = list(value.values()) if isinstance(value, Mapping) else value
    if not isinstance(parts, (list, tuple)):
        return []
    return [text for part in parts for text in await _secret_texts(part, is_secret)]


def make_plugin_findable() -> None:
    """The plugin is where the engine looks, if it is an engine that listens and not a mock."""
    if isinstance(get_monitor(), ResourceMonitorStub):
        _register_plugin(discovery.home_given())


@functools.cache
def _register_plugin(_home: str) -> None:
    """Once per process, or per home of Pulumi's, which the Automation API's programs may change
    from stack to stack. An engine that finds no plugin stops the program without a word to it,
    so what went wrong is told before, unless the project says by itself where the plugin is.
    """
    problem = discovery.register()
    if not problem:
        pulumi.log.debug(f"tcimages: the plugin is started by {discovery.launcher_path()}")
    elif not _project_names_plugin():
        pulumi.log.warn(str(discovery.explain(problem)))


def _project_names_plugin() -> bool:
    try:
        project = Path(get_root_directory(), "Pulumi.yaml").read_text(encoding="utf-8")
    except (OSError, TypeError):
        return False
    return bool(re.search(r"^(?:plugins|packages):(?s:.*)\btcimages\b", project, re.MULTILINE))


def _require_engine() -> None:
    if get_monitor() is None:
        raise tell(
            SettingsError(
                "this program is not run by Pulumi, so there is nobody to ask.",
                fix="run it with `pulumi up`, or without the CLI with pulumi_tcimages.testing.run",
            )
        )
    make_plugin_findable()


def _options(opts: pulumi.InvokeOptions | None) -> pulumi.InvokeOptions:
    kind = type(opts) if isinstance(opts, pulumi.InvokeOutputOptions) else pulumi.InvokeOptions
    return kind.merge(kind(version=__version__), opts)


def _wire(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in Pulumi's spelling; what was not given is left out."""
    return {
        camel(name): _joined(value)
        for name, value in keywords.items()
        if name != "opts" and value is not None
    }


def _joined(value: object) -> object:
    """A list as one output: unknown as a whole if a part of it is.

    Of a text in a list Pulumi's SDK does not see that it is unknown. It would ask, the engine would
    drop the text, and the preview would show the answer to another question.
    """
    return pulumi.Output.from_input(value) if isinstance(value, (list, tuple)) else value


def _or_unknown(answer: _ResultT) -> _ResultT:
    return typing.cast("_ResultT", pulumi.UNKNOWN) if _is_unanswered(answer) else answer


def _is_unanswered(answer: object) -> bool:
    """Whether the engine answered for a provider whose configuration a preview cannot know."""
    return is_dry_run() and all(one is None for one in vars(answer).values())
