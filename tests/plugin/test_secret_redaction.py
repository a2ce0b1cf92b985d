"""Neither a secret criterion nor its results are shown, for any function and pin."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import provider_pb2

from pulumi_tcimages.cli import main
from pulumi_tcimages.emulator import Emulator
from pulumi_tcimages.naming import camel
from pulumi_tcimages.plugin.functions import list_functions
from pulumi_tcimages.plugin.pin_inputs import list_pins
from pulumi_tcimages.plugin.property_values import Secret, serialize
from tests.plugin.conftest import Engine, Plugin

PUBLIC_ARGUMENTS = {
    "session_image": {"dataEngineId": "DataEngine-b0jt6fvk", "frameworkType": "machine-learning"},
    "platform_image": {"framework": "pytorch", "imageRange": "Train"},
    "preset_image": {"framework": "pytorch", "chipType": "NVIDIA GPU"},
    "built_in_image": {"imageType": "SYSTEM"},
    "engine_image_version": {"engineType": "StandardSpark"},
    "python_spark_image": {"childImageVersionId": "6247ef00-8bae-5125-886d-8efc71a7e29a"},
    "ray_image": {"type": "Ray"},
}
FUNCTIONS = list_functions()
SUBJECTS = [*FUNCTIONS, *list_pins()]

numbers = st.integers(1_100, 9_900)
versions = st.builds("{}.{}".format, numbers, numbers)
version_ranges = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["", "^", "~>", "=>", "==", ">=", "<", "~=", "!=", "v", "[", ">=9999.9,<", " "]
    ),
    versions,
    st.sampled_from(["", ".*", ".x", ",<1", "，<3", " <3", "rc", "-cu129", ")", "." * 60]),
)
# Each resembles a word of the catalogue or of a known list, so it could be suggested.
misspelled = st.sampled_from(
    ["pytroch", "PyTorhc", "tensorflwo", "vlm", "tilearn-lm", "cudaa", "pytorch", "TCRR"]
) | st.sampled_from(
    ["Trian", "Notebok", "Inferense", "A10O", "gpuu", "machine_learning", "ap-guangzhou-3"]
)
valid = st.sampled_from(["vllm", "Train", "gpu", ">=0.1", "*", "none", "TCR", "DDP", "cuda"])
canaries = st.from_regex(r"canary-[a-z]{4,8}", fullmatch=True)
invalid_regex = st.sampled_from(
    ["(canary", "canary(?=x)", "canary{9999}", "vllm(0.20.2)", "*canary"]
)
texts = st.one_of(
    valid,
    version_ranges,
    misspelled,
    canaries,
    invalid_regex,
    st.just("canary" * 60),
    st.just("canary\n"),
)
filters = st.lists(
    st.fixed_dictionaries({"name": texts, "values": st.lists(texts, max_size=2)}), max_size=2
)
components = st.dictionaries(
    st.sampled_from(["pytorch", "torch", "cuda", "TrainingModes"]) | texts, texts, max_size=2
)
SHAPES = {
    "filters": filters,
    "latestBy": st.lists(texts, max_size=2),
    "components": components,
    "libraries": components,
    "imageFilters": filters,
    "attributes": components,
}
any_value = st.one_of(
    texts, st.lists(texts, max_size=2), components, filters, st.booleans(), numbers
)


def mark_as_secret(draw: Any, value: Any) -> Any:
    """Return the value as a secret, or with every part of it as a secret."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        return {key: Secret(part) for key, part in value.items()}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [Secret(part) for part in value]
    return Secret(value)


def words_in(value: Any) -> set[str]:
    """Return texts and numbers that no message contains by chance, with the adjacent numbers."""
    if isinstance(value, dict):
        return set().union(*map(words_in, [*value, *value.values()]))
    if isinstance(value, list):
        return set().union(*map(words_in, value))
    words = set(re.findall(r"canary[\w-]*", str(value)))
    for digits in re.findall(r"\d{4,}", str(value)):
        words |= {digits, str(int(digits) + 1), str(int(digits) - 1)}
    return words - {"9999", "10000"}


@st.composite
def secret_lookups(draw: Any) -> tuple[Any, dict[str, Any], set[str]]:
    """Draw a function or pin, its arguments with one secret, and the words of the secret."""
    subject = draw(st.sampled_from(SUBJECTS))
    name = draw(st.sampled_from([camel(name) for name in subject.query.model_fields]))
    has_any_type = draw(st.integers(0, 4)) == 0
    secret = draw(any_value if has_any_type else SHAPES.get(name, texts))
    public_arguments = {
        key: value
        for key, value in PUBLIC_ARGUMENTS.get(subject.source.name, {}).items()
        if draw(st.booleans())
    }
    if subject.source.name == "session_image":
        public_arguments = {**PUBLIC_ARGUMENTS["session_image"], "framework": "pytorch"}
    return subject, {**public_arguments, name: mark_as_secret(draw, secret)}, words_in(secret)


ADDRESS_OR_REQUEST = re.compile(r"127\.0\.0\.1:\S+|\b[0-9a-f]{8}-[0-9a-f-]{27}\b")
"""Addresses and ids of a run, whose digits may equal those of a secret."""


class PluginMessages:
    """A plugin and all of its messages."""

    def __init__(self, cloud: Emulator, plugin: Plugin, engine: Engine) -> None:
        self.cloud, self.plugin, self.engine = cloud, plugin, engine

    def call(self, subject: Any, arguments: dict[str, Any]) -> str:
        """Return the errors and log lines of one call."""
        self.engine.logged.clear()
        messages = []
        try:
            messages += self._call(subject, serialize(arguments))
        except grpc.RpcError as error:
            messages.append(error.details())
        return "\n".join([*messages, *(line for _, line, _, _ in self.engine.logged)])

    def _call(self, subject: Any, struct: Any) -> list[str]:
        stub = self.plugin.stub
        if subject in FUNCTIONS:
            stub.Invoke(provider_pb2.InvokeRequest(tok=subject.token, args=struct))
            return []
        urn = f"urn:pulumi:prod::shop::{subject.token}::pin"
        checked = stub.Check(provider_pb2.CheckRequest(urn=urn, news=struct))
        if not checked.failures:
            inputs = checked.inputs
            stub.Create(provider_pb2.CreateRequest(urn=urn, properties=inputs, preview=True))
        return [failure.reason for failure in checked.failures]


@pytest.fixture(scope="module")
def plugin_messages() -> Iterator[PluginMessages]:
    with Emulator(requests_per_second=0) as cloud:
        engine = Engine()
        plugin = Plugin(cloud.environment, (engine.address,))
        plugin.configure()
        yield PluginMessages(cloud, plugin, engine)
        plugin.stop()
        engine.stop()


@pytest.fixture(scope="module")
def images() -> set[str]:
    """Return the ids and names of all images, which no message may contain."""
    with Emulator() as cloud:
        scope = [
            PUBLIC_ARGUMENTS["session_image"][name] for name in ("dataEngineId", "frameworkType")
        ]
        rows = [*cloud.catalogue.platform_images(), *cloud.catalogue.session_images(*scope)]
    names = ("ImageId", "ImageName", "SparkImageId", "SparkImageVersion")
    return {row[name] for row in rows for name in names if len(row.get(name) or "") > 8}


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(secret_lookups())
def test_secret_argument_is_in_no_message(
    plugin_messages: PluginMessages, images: set[str], lookup: tuple[Any, dict[str, Any], set[str]]
) -> None:
    subject, arguments, secret_words = lookup

    messages = ADDRESS_OR_REQUEST.sub("", plugin_messages.call(subject, arguments))

    lowercase = messages.lower()
    assert [word for word in secret_words if word.lower() in lowercase] == []
    assert [image for image in images if image in messages] == []
    assert "did you mean" not in messages


REQUIRED = {
    "session_image": PUBLIC_ARGUMENTS["session_image"],
    "engine_image_version": PUBLIC_ARGUMENTS["engine_image_version"],
    "python_spark_image": PUBLIC_ARGUMENTS["python_spark_image"],
}


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_suggested_explain_command_can_be_run(
    plugin_messages: PluginMessages, subject: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in plugin_messages.cloud.environment.items():
        monkeypatch.setenv(name, value)
    is_list = subject in FUNCTIONS and not subject.is_single
    criterion = "nameRegex" if "name_regex" in subject.query.model_fields else "imageName"
    arguments = {**REQUIRED.get(subject.source.name, {}), criterion: Secret("canary")}

    messages = plugin_messages.call(subject, arguments)

    command = re.search(r"^ +(tcimages explain .+)$", messages, re.MULTILINE)
    assert command or is_list, messages
    if command:
        words = shlex.split(command[1])[1:]
        assert words[1] == subject.source.command
        assert main(words) in (0, 1), command[1]
