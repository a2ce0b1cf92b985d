"""Errors: the SDK derives the class from the text alone, and prints only the text."""

from __future__ import annotations

import inspect
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_tcimages as tcimages
from pulumi_tcimages import errors
from pulumi_tcimages.diagnostics import Call, Where
from pulumi_tcimages.sdk.errors import class_of, parse_error, read_failure, to_run_error
from tests.older_sdks import needs_output_recover
from tests.sdk.conftest import FakeRpcError, RunProgram, without_location

WHERE = Where("ap-guangzhou", "tione.example")
CALL = Call(service="tione", action="A", region="ap-guangzhou", endpoint="tione.example")
ERRORS = [
    errors.ConfigurationError("no region."),
    errors.InvalidArgumentError("a bad range", argument="framework_version"),
    errors.NoMatchError(arguments=[], where=WHERE, listed_count=3, funnel=[]),
    errors.AmbiguousMatchError(arguments=[], where=WHERE, listed_count=3, matched=2, candidates=[]),
    errors.ApiError("InternalError", "Sorry.", call=CALL),
    errors.AuthError("AuthFailure", "No.", call=CALL),
    errors.ThrottledError("RequestLimitExceeded", "Slower.", call=CALL),
    errors.NetworkError("no route", call=CALL),
    errors.InvalidResponseError("not JSON", call=CALL),
    errors.CancelledError(),
]
TOKEN = "tcimages:index:getPlatformImage"
WRAPPED = f"invocation of {TOKEN} returned an error: "


@pytest.mark.parametrize("error", ERRORS, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize(
    "wrap",
    [
        str,
        lambda error: error.text("getPlatformImage"),
        lambda error: error.text("tcimages platform-images", lambda name: name.replace("_", "-")),
        lambda error: (
            f"{WRAPPED}rpc error: code = NotFound desc = {error.text('getPlatformImage')}"
        ),
        lambda error: f"error: resource failed\n{error.text('PlatformImagePin')}\nmore",
        *(lambda error, n=length: error.text("p" * n) for length in (62, 66, 70, 74, 90)),
    ],
    ids=[
        "without a name",
        "with the name of a function",
        "with the name of a command",
        "from gRPC",
        "inside other text",
        *(f"with a name of {length} letters" for length in (62, 66, 70, 74, 90)),
    ],
)
def test_error_class_is_parsed_from_the_text(
    error: errors.TcImagesError, wrap: Callable[[errors.TcImagesError], str]
) -> None:
    assert class_of(wrap(error)) is type(error)


def test_every_error_class_is_tested() -> None:
    assert {type(item).__name__ for item in ERRORS} == {
        name for name in tcimages.__all__ if name.endswith("Error") and name != "TcImagesError"
    }


@pytest.mark.parametrize(
    "text", ["", "something else", "no image matches. [no-match], or so", "x [no-matter]"]
)
def test_unrelated_text_has_no_error_class(text: str) -> None:
    assert class_of(text) is None


@pytest.mark.parametrize(
    "error",
    [
        errors.InvalidArgumentError("bad", value='"x: no image matches. [no-match] y: cancelled."'),
        errors.ApiError("A.B", "x: no image matches. [no-match] y: cancelled.", call=CALL),
    ],
)
def test_error_that_quotes_another_error_keeps_its_class(error: errors.TcImagesError) -> None:
    assert class_of(error.text("getPlatformImage")) is type(error)


def invoke(_: Any) -> None:
    tcimages.get_platform_image(image_id="a")


def invoke_output(_: Any) -> None:
    pulumi.export("id", tcimages.get_platform_image_output(image_id="a").image_id)


@pytest.mark.parametrize(
    "form",
    [
        invoke,
        pytest.param(invoke_output, marks=needs_output_recover),
    ],
)
@pytest.mark.parametrize("error", ERRORS, ids=lambda item: type(item).__name__)
def test_plugin_error_raises_its_class_and_prints_no_traceback(
    run_program: RunProgram, error: errors.TcImagesError, form: Any
) -> None:
    text = error.text("get_platform_image", style=str)

    with pytest.raises(type(error)) as raised:
        run_program(form, FakeRpcError(WRAPPED + text))

    assert type(raised.value).__name__ == type(error).__name__
    assert str(raised.value) == raised.value.text()
    assert without_location(raised.value) == text
    assert repr(raised.value) == f"{type(error).__name__}({str(raised.value)!r})"
    # Pulumi prints the text of a RunError, without a traceback.
    assert isinstance(raised.value, pulumi.RunError)


@pytest.mark.parametrize("form", [invoke, pytest.param(invoke_output, marks=needs_output_recover)])
def test_plugin_error_names_the_file_and_line_of_the_call(
    run_program: RunProgram, form: Any
) -> None:
    with pytest.raises(tcimages.NoMatchError) as raised:
        run_program(form, FakeRpcError(WRAPPED + ERRORS[2].text("get_platform_image")))

    line = inspect.getsourcelines(form)[1] + 1
    assert str(raised.value).splitlines()[1] == f"At       tests/sdk/test_errors.py:{line}"


def test_argument_error_names_the_file_and_line_of_the_call() -> None:
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        tcimages.PlatformImagePin("train", framwork="pytorch")

    line = inspect.getsourcelines(test_argument_error_names_the_file_and_line_of_the_call)[1]
    assert str(raised.value).splitlines()[1] == f"At       tests/sdk/test_errors.py:{line + 2}"


def test_program_can_catch_an_error(run_program: RunProgram) -> None:
    def program(record: Any) -> None:
        try:
            invoke(record)
        except tcimages.NoMatchError as error:
            record(type(error).__name__)

    text = ERRORS[2].text("getPlatformImage")

    assert run_program(program, FakeRpcError(WRAPPED + text)).recorded == ["NoMatchError"]


@needs_output_recover
def test_program_can_recover_from_an_error(run_program: RunProgram) -> None:
    def program(record: Any) -> None:
        image = tcimages.get_platform_image_output(image_id="a")
        name = image.apply(lambda image: image.image_name)
        name.recover(lambda error: type(error).__name__).apply(record)

    text = ERRORS[2].text("getPlatformImage")

    assert run_program(program, FakeRpcError(WRAPPED + text)).recorded == ["NoMatchError"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"invoke of {TOKEN} failed: {WRAPPED}Something else.", "Something else."),
        (f"invoke of {TOKEN} failed: Something else.", "Something else."),
        (
            f"invoke of {TOKEN} failed: rpc error: code = Unknown desc = {WRAPPED}Something.",
            "Something.",
        ),
    ],
)
def test_unknown_error_raises_the_base_class(text: str, shown: str) -> None:
    error = read_failure(Exception(text))

    assert isinstance(error, tcimages.TcImagesError)
    assert without_location(error) == shown


@pytest.mark.parametrize(
    "foreign",
    [
        ValueError(f"invoke of {TOKEN} failed: mine"),
        Exception("invoke of aws:s3:getBucket failed: theirs"),
        pulumi.RunError("Resource monitor has terminated, shutting down"),
    ],
)
def test_unrelated_exception_is_not_wrapped(foreign: Exception) -> None:
    assert read_failure(foreign) is foreign


def test_exception_of_a_user_mock_is_not_wrapped(run_program: RunProgram) -> None:
    exception = ValueError("my mock says no")

    with pytest.raises(ValueError, match="my mock says no"):
        run_program(invoke, exception)


def test_local_error_keeps_its_details() -> None:
    error = to_run_error(
        errors.InvalidArgumentError("`image_range` is wrong", argument="image_range"), "get_it"
    )

    assert isinstance(error, errors.InvalidArgumentError)
    assert (error.argument, error.problem) == ("image_range", "`image_range` is wrong")
    assert without_location(error) == (
        "get_it: invalid argument. [invalid-argument]\n"
        "Argument image_range\n"
        "Problem  image_range is wrong\n"
        "Next     correct the argument, or leave it out."
    )


def test_text_without_a_known_headline_is_the_base_class() -> None:
    error = parse_error("The plugin is on holiday.")

    assert (type(error).__name__, str(error)) == ("TcImagesError", "The plugin is on holiday.")
    assert isinstance(error, errors.TcImagesError)


@pytest.mark.parametrize("name", ["listed_count", "nearest", "hints"])
def test_details_lost_in_the_engine_raise_a_clear_error(name: str) -> None:
    error = parse_error(ERRORS[2].text("getPlatformImage"))

    with pytest.raises(AttributeError, match=f"{name}: only the text of an error crosses"):
        getattr(error, name)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_error_can_be_pickled(
    error: errors.TcImagesError,
) -> None:
    raised = parse_error(error.text("getPlatformImage"))

    unpickled = pickle.loads(pickle.dumps(raised))

    assert isinstance(unpickled, type(error))
    assert str(unpickled) == str(raised)


@needs_output_recover
@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({"image_id": 8675309}, "imageId 8675309"),
        ({"latest_by": ["canary-1"]}, 'latestBy ["canary-1"]'),
        ({"components": {"cuda": "canary-2"}}, 'components cuda "canary-2"'),
        ({"framework": "pytroch"}, "framework canary; did you mean canary?"),
    ],
)
def test_mock_without_secret_markers_gets_only_the_first_line(
    run_program: RunProgram, arguments: dict[str, Any], shown: str
) -> None:
    [(name, value)] = arguments.items()
    rpc_error = FakeRpcError(
        f"{WRAPPED}getPlatformImage: no image matches. [no-match]\nAsked    {shown}"
    )

    def program(_: Any) -> None:
        tcimages.get_platform_image_output(**{name: pulumi.Output.secret(value)})

    with pytest.raises(tcimages.NoMatchError) as raised:
        run_program(program, rpc_error)

    assert without_location(raised.value) == (
        "getPlatformImage: no image matches. [no-match]\n"
        "Asked    [secret]: an argument is a secret, so no details are shown\n"
        "Next     ask the same with a plain value to see them"
    )


def collect_held_values(error: BaseException | None) -> list[str]:
    """Return the texts of an error and of its causes, and the locals of our stack frames."""
    found: list[str] = []
    while error is not None:
        found += [str(error), repr(error), repr(error.args), repr(vars(error))]
        found += getattr(error, "__notes__", [])
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "/pulumi_tcimages/" in frame.f_code.co_filename:
                found.append(repr(frame.f_locals))
        error = error.__cause__ or error.__context__
    return found


@pytest.mark.parametrize("form", [invoke, pytest.param(invoke_output, marks=needs_output_recover)])
def test_plugin_error_holds_no_cause_or_context(run_program: RunProgram, form: Any) -> None:
    with pytest.raises(tcimages.NoMatchError) as raised:
        run_program(form, FakeRpcError(WRAPPED + ERRORS[2].text("getPlatformImage")))

    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None


@needs_output_recover
def test_plugin_error_does_not_hold_the_secret(run_program: RunProgram) -> None:
    rpc_error = FakeRpcError(
        f"{WRAPPED}getPlatformImage: no image matches. [no-match]\nAsked    canary"
    )

    def program(_: Any) -> None:
        hidden = {"cuda": pulumi.Output.secret("canary")}
        pulumi.export("id", tcimages.get_platform_image_output(components=hidden).image_id)

    with pytest.raises(tcimages.NoMatchError) as raised:
        run_program(program, rpc_error)

    assert "canary" not in "".join(collect_held_values(raised.value))


def test_argument_error_does_not_hold_the_secret(run_program: RunProgram) -> None:
    with pytest.raises(tcimages.InvalidArgumentError) as raised:
        run_program(lambda _: tcimages.get_platform_image(gpu=pulumi.Output.secret("canary")), {})

    assert "canary" not in "".join(collect_held_values(raised.value))
