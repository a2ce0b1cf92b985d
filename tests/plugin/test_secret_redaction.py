"""A secret in any criterion of any function or pin: neither it nor what follows from it is told."""

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

OPEN = {
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

number = st.integers(1_100, 9_900)
version = st.builds("{}.{}".format, number, number)
version_range = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["", "^", "~>", "=>", "==", ">=", "<", "~=", "!=", "v", "[", ">=9999.9,<", " "]
    ),
    version,
    st.sampled_from(["", ".*", ".x", ",<1", "，<3", " <3", "rc", "-cu129", ")", "." * 60]),
)
# Each is like a word of the catalogue or of a known list, which would be told as what was meant.
misspelt = st.sampled_from(
    ["pytroch", "PyTorhc", "tensorflwo", "vlm", "tilearn-lm", "cudaa", "pytorch", "TCRR"]
) | st.sampled_from(
    ["Trian", "Notebok", "Inferense", "A10O", "gpuu", "machine_learning", "ap-guangzhou-3"]
)
right = st.sampled_from(["vllm", "Train", "gpu", ">=0.1", "*", "none", "TCR", "DDP", "cuda"])
canary = st.from_regex(r"canary-[a-z]{4,8}", fullmatch=True)
broken = st.sampled_from(["(canary", "canary(?=x)", "canary{9999}", "vllm(0.20.2)", "*canary"])
text = st.one_of(
    right, version_range, misspelt, canary, broken, st.just("canary" * 60), st.just("canary\n")
)
filters = st.lists(
    st.fixed_dictionaries({"name": text, "values": st.lists(text, max_size=2)}), max_size=2
)
components = st.dictionaries(
    st.sampled_from(["pytorch", "torch", "cuda", "TrainingModes"]) | text, text, max_size=2
)
SHAPES = {
    "filters": filters,
    "latestBy": st.lists(text, max_size=2),
    "components": components,
    "libraries": components,
    "imageFilters": filters,
    "attributes": components,
}
anything = st.one_of(text, st.lists(text, max_size=2), components, filters, st.booleans(), number)


def sealed_somewhere(draw: Any, value: Any) -> Any:
    """The value with a secret in it: the whole of it, or everything inside."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        return {key: Secret(part) for key, part in value.items()}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [Secret(part) for part in value]
    return Secret(value)


def words_in(value: Any) -> set[str]:
    """The texts and numbers of a value that no message has by chance, and numbers beside them."""
    if isinstance(value, dict):
        return set().union(*map(words_in, [*value, *value.values()]))
    if isinstance(value, list):
        return set().union(*map(words_in, value))
    found = set(re.findall(r"canary[\w-]*", str(value)))
    for digits in re.findall(r"\d{4,}", str(value)):
        found |= {digits, str(int(digits) + 1), str(int(digits) - 1)}
    return found - {"9999", "10000"}


@st.composite
def questions(draw: Any) -> tuple[Any, dict[str, Any], set[str]]:
    """A function or a pin, its arguments of which one is secret, and the words that are."""
    subject = draw(st.sampled_from(SUBJECTS))
    name = draw(st.sampled_from([camel(name) for name in subject.query.model_fields]))
    is_shapeless = draw(st.integers(0, 4)) == 0
    hidden = draw(anything if is_shapeless else SHAPES.get(name, text))
    open_ones = {
        key: value
        for key, value in OPEN.get(subject.source.name, {}).items()
        if draw(st.booleans())
    }
    if subject.source.name == "session_image":
        open_ones = {**OPEN["session_image"], "framework": "pytorch"}
    return subject, {**open_ones, name: sealed_somewhere(draw, hidden)}, words_in(hidden)


ADDRESS_OR_REQUEST = re.compile(r"127\.0\.0\.1:\S+|\b[0-9a-f]{8}-[0-9a-f-]{27}\b")
"""Random numbers of a run, which may happen to be those that a secret has."""


class Spoken:
    """A plugin, and all that a user reads of it."""

    def __init__(self, cloud: Emulator, plugin: Plugin, engine: Engine) -> None:
        self.cloud, self.plugin, self.engine = cloud, plugin, engine

    def ask(self, subject: Any, arguments: dict[str, Any]) -> str:
        """Errors and log lines of one call."""
        self.engine.logged.clear()
        said = []
        try:
            said += self._failures(subject, serialize(arguments))
        except grpc.RpcError as error:
            said.append(error.details())
        return "\n".join([*said, *(line for _, line, _, _ in self.engine.logged)])

    def _failures(self, subject: Any, struct: Any) -> list[str]:
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
def spoken() -> Iterator[Spoken]:
    with Emulator(requests_per_second=0) as cloud:
        engine = Engine()
        plugin = Plugin(cloud.environment, (engine.address,))
        plugin.configure()
        yield Spoken(cloud, plugin, engine)
        plugin.stop()
        engine.stop()


@pytest.fixture(scope="module")
def images() -> set[str]:
    """The ids and names of all images, none of which may be told."""
    with Emulator() as cloud:
        place = [OPEN["session_image"][name] for name in ("dataEngineId", "frameworkType")]
        rows = [*cloud.catalogue.platform_images(), *cloud.catalogue.session_images(*place)]
    names = ("ImageId", "ImageName", "SparkImageId", "SparkImageVersion")
    return {row[name] for row in rows for name in names if len(row.get(name) or "") > 8}


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(questions())
def test_a_secret_anywhere_is_told_nowhere(
    spoken: Spoken, images: set[str], question: tuple[Any, dict[str, Any], set[str]]
) -> None:
    subject, arguments, secret_words = question

    said = ADDRESS_OR_REQUEST.sub("", spoken.ask(subject, arguments))

    lower = said.lower()
    assert [word for word in secret_words if word.lower() in lower] == []
    assert [image for image in images if image in said] == []
    assert "did you mean" not in said


REQUIRED = {
    "session_image": OPEN["session_image"],
    "engine_image_version": OPEN["engine_image_version"],
    "python_spark_image": OPEN["python_spark_image"],
}


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_the_command_that_explains_a_secret_lookup_can_be_run_as_it_is(
    spoken: Spoken, subject: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in spoken.cloud.environment.items():
        monkeypatch.setenv(name, value)
    is_list = subject in FUNCTIONS and not subject.is_single
    criterion = "nameRegex" if "name_regex" in subject.query.model_fields else "imageName"
    arguments = {**REQUIRED.get(subject.source.name, {}), criterion: Secret("canary")}

    said = spoken.ask(subject, arguments)

    command = re.search(r"^ +(tcimages explain .+)$", said, re.MULTILINE)
    assert command or is_list, said
    if command:
        words = shlex.split(command[1])[1:]
        assert words[1] == subject.source.command
        assert main(words) in (0, 1), command[1]
