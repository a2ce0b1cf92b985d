"""Generate the flags of a command from the fields of a query.

A flag is named like its field, in kebab-case, and its help is the field's description. The field's
type determines the syntax of the value:

    text      --framework pytorch              boolean   --support-data-pipeline, --no-...
    list      the flag repeated for each item  map       --attributes TrainingModes=DDP
    filters   --filters '{"name": ...}'        parts     --components 'cuda==12.*', vllm=none

`shell_commands` uses the same syntax in the commands that messages suggest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pulumi_tcimages.cli.command import Flag, Operand
from pulumi_tcimages.cli.completion import USUAL_VALUES, complete_from
from pulumi_tcimages.cli.error_rendering import style
from pulumi_tcimages.core.annotations import alternatives
from pulumi_tcimages.core.components import DEVICES
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.core.validators import Attributes
from pulumi_tcimages.formatting import shell_word
from pulumi_tcimages.naming import camel
from pulumi_tcimages.shell_commands import kebab

SECTIONS = CRITERIA, SELECTION, REQUEST = ("Criteria", "Selection", "Request")

_Callback = Callable[[click.Context, click.Parameter, Sequence[str]], Any]

_METAVARS = {"version": "RANGE", "regex": "REGEX", "id": "ID"}
"""The metavars of texts by the last word of the argument's name."""
_FILTER = '{"name": "ImageRange", "values": ["Train"]}'
_REVERSED = re.compile(r"([<>])(?!=)\s*(.+)")
"""Matches the rest of a range with a reversed operator, such as `=>0.9`, behind the `=`."""
_PART = re.compile(r"([^=!<>~]+?)\s*(?:=(?!=)\s*(.+)|((?:[=!~<>]=|[<>]).*))")


def build_flags(model: type[BaseQuery], image_fields: Sequence[str]) -> list[Flag | Operand]:
    """Build a flag or positional argument for every argument of a query, criteria first.

    Args:
        image_fields: the names of the image's fields, which the arguments' descriptions mention.
    """
    # Names in descriptions are in camelCase. In the help, names of arguments become flags, and
    # names of image fields become names of table columns.
    spelled = {
        **{camel(name): style(name) for name in model.model_fields},
        **{camel(name): kebab(name) for name in image_fields},
    }
    flags = [_build(name, field, model, spelled) for name, field in model.model_fields.items()]
    return sorted(flags, key=lambda flag: SECTIONS.index(flag.section))


def _build(
    name: str, field: FieldInfo, model: type[BaseQuery], spelled: Mapping[str, str]
) -> Flag | Operand:
    known = DEVICES if name == "device" else model.known_values.get(name, ())
    section, text = _section(name, model), _spell_help(field.description or "", known, spelled)
    if not style(name).startswith("--"):
        return Operand([name], metavar=style(name), section=section, text=text)
    if field.is_required():
        text += " [required]"
    settings: dict[str, Any] = {"section": section, "help": text}
    shape, item = _shape(field.annotation)
    if shape is bool:
        is_switch = name in model.chooses
        text = style(name) if is_switch else f"{style(name)}/--no-{kebab(name)}"
        return Flag([text, name], is_flag=True, default=None, **settings)
    if shape is dict:
        is_parts = Attributes not in get_args(field.annotation)
        read = _read_part if is_parts else _read_pair
        metavar = "NAME<RANGE>" if is_parts else "KEY=VALUE"
        advice = f": give one range, as in {style(name)} 'cuda>=12,<13'" if is_parts else ""
        return _build_repeated(name, metavar, _to_map(read, advice), settings)
    if shape is list:
        is_json = isinstance(item, type) and issubclass(item, BaseModel)
        read_one, metavar = (_read_filter, "JSON") if is_json else (_read_latest_key, "NAME")
        return _build_repeated(name, metavar, _to_list(read_one), settings)
    if values := known or USUAL_VALUES.get(name):
        settings["shell_complete"] = complete_from(values)
    metavar = _METAVARS.get(name.rpartition("_")[2], "NAME")
    return _build_repeated(name, metavar, _to_one, settings)


def _section(name: str, model: type[BaseQuery]) -> str:
    if name in model.chooses:
        return SELECTION
    return REQUEST if name in ("region", *model.api_arguments) else CRITERIA


def _build_repeated(
    name: str, metavar: str, callback: _Callback, settings: Mapping[str, Any]
) -> Flag:
    return Flag([style(name), name], multiple=True, metavar=metavar, callback=callback, **settings)


def _to_one(_ctx: click.Context, param: click.Parameter, texts: Sequence[str]) -> str | None:
    """Return the value of a flag that may not be repeated.

    Raises: click.BadParameter for a repeated flag. Click itself would ignore the first value.
    """
    if len(texts) > 1:
        raise click.BadParameter(f"{texts[0]!r} and {texts[1]!r}: give one", param=param)
    return texts[0] if texts else None


def _to_map(read: Callable[[str], tuple[str, str]], advice: str) -> _Callback:
    def collect(_ctx: click.Context, param: click.Parameter, texts: Sequence[str]) -> Any:
        pairs: dict[str, str] = {}
        for key, value in _each(read, param, texts):
            if key in pairs:
                raise click.BadParameter(f"{key!r} is given twice{advice}", param=param)
            pairs[key] = value
        return pairs or None

    return collect


def _to_list(read: Callable[[str], Any]) -> _Callback:
    def collect(_ctx: click.Context, param: click.Parameter, texts: Sequence[str]) -> Any:
        return list(_each(read, param, texts)) or None

    return collect


def _each(
    read: Callable[[str], Any], param: click.Parameter, texts: Sequence[str]
) -> Iterator[Any]:
    for text in texts:
        try:
            yield read(text)
        except ValueError as error:
            raise click.BadParameter(str(error), param=param) from None


def _read_filter(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, list):
        raise ValueError("this is a list: give --filters once for each filter in it")
    if not isinstance(value, dict):
        raise ValueError(f"a filter is a JSON object such as '{_FILTER}'")
    return value


def _read_pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    if not (key and value):
        raise ValueError(f"{text!r} is not KEY=VALUE")
    return key, value


def _read_part(text: str) -> tuple[str, str]:
    bare = text.strip()
    found = _PART.fullmatch(bare)
    if found and (slip := _REVERSED.match(found[2] or "")):
        # `vllm=>0.9` may be the slip for `vllm>=0.9`, or `NAME=` before the range `>0.9`.
        either = " or ".join(
            shell_word(f"{found[1]}{sign}{slip[2]}") for sign in (f"{slip[1]}=", slip[1])
        )
        raise ValueError(f"'={slip[1]}' has two meanings: write {either}")
    if found:
        return found[1], found[2] or found[3]
    name = re.split(r"[=!<>~]", bare)[0].strip()
    if not name:
        raise ValueError("the name comes first, as in --components 'cuda==12.*'")
    *forms, last = (shell_word(f"{name}{value}") for value in (">=1.2", "==1.*", "=*", "=none"))
    raise ValueError(f"write {', '.join(forms)} or {last}")


def _read_latest_key(text: str) -> str:
    if "," in text:
        raise ValueError("this is a list: give --latest-by once for each name in it")
    return text


def _shape(annotation: Any) -> tuple[Any, Any]:
    """Return a field's type, without None and pydantic metadata, and its item type or None."""
    kind = next(alternatives(annotation))
    items = get_args(kind)
    return get_origin(kind) or kind, next(alternatives(items[0])) if items else None


def _spell_help(description: str, known: Sequence[str], spelled: Mapping[str, str]) -> str:
    """Convert the names and examples in a field's description to command-line syntax."""

    def shell(found: re.Match[str]) -> str:
        text = found[1]
        if text[0] in "{[":
            return ", ".join(_examples(text, spelled))
        return text if text in known else spelled.get(text, text)

    return re.sub(r"`([^`]+)`", shell, description)


def _examples(text: str, spelled: Mapping[str, str]) -> Iterator[str]:
    """Yield the entries of a JSON example as flag values: `{"cuda": ">=12"}` becomes `cuda>=12`."""
    example = json.loads(text)
    if isinstance(example, list):
        yield from (spelled.get(item, item) for item in example)
        return
    for key, value in example.items():
        yield f"{key}{value}" if value[0] in "=!<>~" else f"{key}={value}"
