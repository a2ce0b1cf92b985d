"""Generate the Python SDK: a module per source, shared types, inputs and the provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generate.python import (
    FieldType,
    Names,
    docstring,
    imports,
    render_arguments,
    render_field,
    render_parameters,
)
from pulumi_tcimages.core.configuration_keys import SECRETS
from pulumi_tcimages.naming import snake
from pulumi_tcimages.sources import SOURCES
from pulumi_tcimages.sources.source import Source

Schema = Mapping[str, Any]
_TOKEN = "tcimages:index:"
_HIDE_FRAMES = '''\
__tracebackhide__ = True
"""Hides this module's frames from pytest, which would print their arguments, such as keys."""'''
_OPTS = ("opts", "Options of the call, such as its provider or parent.")
_INVOKE = (
    "pulumi.InvokeOptions | None",
    "pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None",
)


def render_sdk(schema: Schema) -> dict[str, str]:
    """Return the text of each module in `sdk/generated`, by module name."""
    names = Names(schema)
    modules = {
        "inputs": _render_inputs(schema, names),
        "types": _render_types(schema, names),
        "provider": _render_provider(schema, names),
        **{f"{source.name}s": _render_source(source, schema, names) for source in SOURCES},
    }
    exports = {
        name: module
        for module, text in modules.items()
        for line in text.splitlines()
        if (name := _exported(line))
    }
    return {**modules, "__init__": _render_index(exports)}


def _exported(line: str) -> str:
    keyword, _, rest = line.partition(" ")
    name = rest.partition("(")[0].partition(":")[0]
    return name if keyword in ("class", "def") and not name.startswith("_") else ""


def _render_index(exports: Mapping[str, str]) -> str:
    names = sorted(exports)
    by_module: dict[str, list[str]] = {}
    for name in names:
        by_module.setdefault(f"pulumi_tcimages.sdk.generated.{exports[name]}", []).append(name)
    shown = "\n".join(f"    {line}" for line in imports(by_module).splitlines())
    return "\n".join(
        [
            '"""The public names of the generated SDK, each with its module."""',
            "",
            "TYPE_CHECKING = False",
            "if TYPE_CHECKING:",
            shown,
            "",
            "MODULES = {",
            *(f'    "{name}": "{exports[name]}",' for name in names),
            "}",
            "",
            "__all__ = [",
            *(f'    "{name}",' for name in names),
            "]",
            "",
        ]
    )


def _render_inputs(schema: Schema, names: Names) -> str:
    text = [
        '"""Types of dictionaries that are arguments, for type checkers.\n',
        'Each is written as a call or as a plain dictionary: `EndpointsArgs(dlc="127.0.0.1")` is',
        '`{"dlc": "127.0.0.1"}`.\n"""\n',
        "from __future__ import annotations\n",
        "from collections.abc import Sequence",
        "from typing import TypedDict\n",
        "import pulumi",
    ]
    for name in names.inputs:
        declared = schema["types"][_TOKEN + name]
        required = declared.get("required", [])
        fields = {key: FieldType(item, names) for key, item in declared["properties"].items()}
        base, total = "TypedDict", ", total=False"
        if required:
            base = f"_{name}Required"
            text += ["", "", f"class {base}(TypedDict):"]
            for key in required:
                text += render_field(key, f"pulumi.Input[{fields[key].input}]", fields[key])
        text += ["", "", f"class {name}Args({base}{total}):"]
        text += [*docstring(names.to_snake_case(declared["description"]), 4), ""]
        for key, field in fields.items():
            if key not in required:
                text += render_field(key, f"pulumi.Input[{field.input}]", field)
    return "\n".join([*text, ""])


def _render_types(schema: Schema, names: Names) -> str:
    text = [
        '"""Records that several sources share."""\n',
        "from __future__ import annotations\n",
        "from pulumi_tcimages.sdk.records import Record, output_type",
    ]
    for name in names.shared_outputs:
        text += ["", "", *_render_record(name, schema["types"][_TOKEN + name], names)]
    return "\n".join([*text, ""])


def _render_record(name: str, declared: Schema, names: Names) -> list[str]:
    lines = ["@output_type", f"class {name}(Record):"]
    lines += [*docstring(names.to_snake_case(declared["description"]), 4), ""]
    return lines + _render_outputs(declared["properties"], declared.get("required", ()), names)


def _render_outputs(
    properties: Mapping[str, Schema], required: Sequence[str], names: Names
) -> list[str]:
    lines: list[str] = []
    for key, item in properties.items():
        field = FieldType(item, names)
        optional = "" if key in required else " | None"
        lines += render_field(key, f"{field.output}{optional}", field)
    return lines


def _render_source(source: Source, schema: Schema, names: Names) -> str:
    single = schema["functions"][_TOKEN + source.single_function]
    several = schema["functions"][_TOKEN + source.list_function]
    image = schema["types"][_TOKEN + source.type_name]
    kind = source.type_name
    body: list[str] = ["", _HIDE_FRAMES, "", "", f"class _{kind}Fields(Record):"]
    body += _render_outputs(image["properties"], image.get("required", ()), names)
    body += ["", "", "@output_type", f"class {kind}(_{kind}Fields):"]
    body += docstring(image["description"], 4)
    results = ((source.single_function, single), (source.list_function, several))
    for function, declared in results:
        body += _render_result(_class_name(function), kind, image, declared, names)
    for function, declared in reversed(results):
        body += _render_functions(function, declared, names)
    if source.pin_name:
        body += _render_pin(source, schema["resources"][_TOKEN + source.pin_name], names)
    text = "\n".join([*body, ""])
    head = [
        f'"""The functions and classes of the {source.title}."""\n',
        "from __future__ import annotations\n",
    ]
    abstract = [name for name in ("Mapping", "Sequence") if f"{name}[" in text]
    if abstract:
        head.append(f"from collections.abc import {', '.join(abstract)}\n")
    head.append("import pulumi\n")
    return "\n".join([*head, imports(_used_modules(text, names))]) + "\n" + text


def _used_modules(text: str, names: Names) -> dict[str, list[str]]:
    found = {
        "pulumi_tcimages.sdk.arguments": ["validate_arguments"],
        "pulumi_tcimages.sdk.generated.inputs": [f"{name}Args" for name in names.inputs],
        "pulumi_tcimages.sdk.generated.types": names.shared_outputs,
        "pulumi_tcimages.sdk.invoke": ["invoke", "invoke_output"],
        "pulumi_tcimages.sdk.pins": ["Pin", "read_pin", "register_pin"],
        "pulumi_tcimages.sdk.records": ["Awaitable", "Record", "output_type", "property_names"],
    }
    words = set(
        text.replace("[", " ").replace("]", " ").replace("(", " ").replace(")", " ").split()
    )
    words |= {word.strip("@,:") for word in words}
    used = {module: [name for name in listed if name in words] for module, listed in found.items()}
    return {module: listed for module, listed in used.items() if listed}


def _class_name(function: str) -> str:
    return function[0].upper() + function[1:]


def _render_result(
    name: str, kind: str, image: Schema, declared: Schema, names: Names
) -> Iterator[str]:
    outputs = declared["outputs"]
    own = {
        key: item
        for key, item in outputs["properties"].items()
        if "images" in outputs["properties"] or key not in image["properties"]
    }
    base = "Record" if "images" in own else f"_{kind}Fields"
    yield from ["", "", "@output_type", f"class {name}Result({base}):"]
    about = "The matching images." if "images" in own else "The matching image."
    yield from [*docstring(about, 4), ""]
    yield from _render_outputs(own, outputs["required"], names)
    header = f"class Awaitable{name}Result(Awaitable[{name}Result], {name}Result):"
    if len(header) > 100:
        bases = f"    Awaitable[{name}Result], {name}Result"
        header = f"class Awaitable{name}Result(\n{bases}\n):"
    yield from ["", "", header, *docstring("The same result, which can also be awaited.", 4)]


def _render_functions(function: str, declared: Schema, names: Names) -> Iterator[str]:
    name, kind = snake(function), _class_name(function)
    arguments = render_arguments(declared["inputs"], names)
    described = [(argument.name, argument.description) for argument in arguments] + [_OPTS]
    yield from ["", "", "@validate_arguments", f"def {name}("]
    yield from render_parameters(arguments, "plain", ("opts", _INVOKE[0]))
    yield f") -> Awaitable{kind}Result:"
    yield from docstring(
        names.to_snake_case(declared["description"]),
        4,
        described,
        "Raises: see `pulumi_tcimages.errors`.",
    )
    yield f'    return invoke("{function}", Awaitable{kind}Result, locals())'
    yield from ["", "", "@validate_arguments", f"def {name}_output("]
    yield from render_parameters(arguments, "input", ("opts", _INVOKE[1]))
    yield f") -> pulumi.Output[{kind}Result]:"
    yield from docstring(f"Like `{name}`, but accepts outputs of resources as arguments.", 4)
    yield f'    return invoke_output("{function}", {kind}Result, locals())'


def _render_pin(source: Source, declared: Schema, names: Names) -> Iterator[str]:
    inputs = {
        "properties": declared["inputProperties"],
        "required": declared.get("requiredInputs", []),
    }
    arguments = render_arguments(inputs, names)
    about = names.to_snake_case(declared["description"])
    yield from ["", "", "@property_names", f"class {source.pin_name}(Pin):"]
    yield from [*docstring(about, 4), ""]
    for argument in arguments:
        is_set = argument.is_required or argument.name == "region"
        optional = "" if is_set else " | None"
        yield f"    {argument.name}: pulumi.Output[{argument.type.output}{optional}]"
    yield f"    image: pulumi.Output[{source.type_name}]"
    yield '    """The pinned image, as it was when it was selected."""'
    yield from _render_constructor(arguments, f"Pin one of the {source.title}.", "pin")
    yield from [
        "",
        "    @classmethod",
        "    def get(",
        "        cls,",
        "        resource_name: str,",
        "        id: pulumi.Input[str],",
        "        opts: pulumi.ResourceOptions | None = None,",
        f"    ) -> {source.pin_name}:",
        *docstring(
            f"Read a pin of an existing image. The id has the format `{source.import_form}`.", 8
        ),
        "        return read_pin(cls, resource_name, id, opts)",
    ]


def _render_constructor(arguments: Sequence[Any], about: str, noun: str) -> Iterator[str]:
    described = [
        ("resource_name", f"The name of the {noun} in the stack."),
        ("opts", f"Options of the {noun}."),
        *((argument.name, argument.description) for argument in arguments),
    ]
    yield from [
        "",
        "    @validate_arguments",
        "    def __init__(",
        "        self,",
        "        resource_name: str,",
        "        opts: pulumi.ResourceOptions | None = None,",
    ]
    yield from render_parameters(arguments, "input", None, indent=8)
    yield "    ) -> None:"
    yield from docstring(about, 8, described)
    more = ", SECRETS" if noun == "provider" else ""
    yield f"        register_{noun}(self, resource_name, opts, locals(){more})"


def _render_provider(schema: Schema, names: Names) -> str:
    declared = schema["provider"]
    arguments = render_arguments({"properties": declared["inputProperties"]}, names)
    secrets = sorted({path.partition(".")[0] for path in SECRETS})
    body = ["", "", _HIDE_FRAMES, "SECRETS = frozenset(", "    {"]
    body += [f'        "{name}",' for name in secrets]
    body += ["    }", ")", '"""The arguments that are or contain secrets."""']
    body += ["", "", "@property_names", "class Provider(ProviderBase):"]
    body += [*docstring(declared["description"], 4), ""]
    outputs = {snake(name) for name in declared["properties"]}
    for argument in arguments:
        if argument.name in outputs:
            body.append(f"    {argument.name}: pulumi.Output[{argument.type.output} | None]")
    body += _render_constructor(
        arguments,
        "Configure an explicit provider, in addition to the default provider.",
        "provider",
    )
    text = "\n".join([*body, ""])
    used = _used_modules(text, names)
    used["pulumi_tcimages.sdk.provider"] = ["ProviderBase", "register_provider"]
    head = [
        '"""An explicit provider: one region and one set of credentials."""\n',
        "from __future__ import annotations\n",
        "from collections.abc import Sequence\n",
        "import pulumi\n",
        imports(used),
    ]
    return "\n".join(head) + text
