"""A TypeScript program with every function and every pin.

It exports every text of the answers as `pulumi.Output<string>` or `string`, which does not compile
if the schema says that the text may be missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from string import Template

from tests.engine.source_uses import Use, write_uses

_HEAD = """
import * as pulumi from "@pulumi/pulumi";
import * as tcimages from "@pulumi/tcimages";

type Texts = Record<string, pulumi.Output<string>>;
type Lists = Record<string, pulumi.Output<object>>;
const pinned = new pulumi.Config().requireObject<Record<string, string>>("pinned");
"""
_SOURCE = Template("""
function use${type}() {
    const image = tcimages.${single}Output({ $chosen });
    const images = tcimages.${list}Output({ $scope });
    const first = images.images[0];
    const texts: Texts = {$texts_of_image
    };
    const lists: Lists = {$lists_of_image
    };
    const textsOfFirst: Texts = {$texts_of_first
    };
    const count: pulumi.Output<number> = images.totalCount;
    const plain: Promise<Record<string, string>> = tcimages
        .${single}({ $chosen })
        .then((plain) => ({$texts_of_plain
    }));
    const plainFirst: Promise<Record<string, string>> = tcimages
        .${list}({ $scope })
        .then(({ images: [listed] }) => ({$texts_of_listed
    }));
    return { image: texts, lists, first: textsOfFirst, count, plain, plainFirst };
}
export const $name = use${type}();
""")
_PIN = Template("""
function pin${type}() {
    const pin = new tcimages.${pin}("$name", { $scope $id_argument: pinned.$name });
    const held = pin.image;
    const texts: Texts = {$texts_of_held
    };
    const newer: Texts = { id: pin.newerImageId, version: pin.newerVersion };
    const ids: pulumi.Output<string[]> = tcimages.${list}Output({ $scope }).ids;
    const resolvedAt: pulumi.Output<string> = pin.resolvedAt;
    const available: pulumi.Output<boolean> = pin.available;
    return { image: texts, newer, available };
}
export const ${name}Pin = pin${type}();
""")


def write_typescript(uses: Iterable[Use]) -> str:
    """Return index.ts."""
    return _HEAD + write_uses(uses, _SOURCE, _PIN, _template_values)


def _template_values(use: Use) -> dict[str, str]:
    return {
        "type": use.source.type_name,
        "single": use.source.single_function,
        "list": use.source.list_function,
        "id_argument": use.id_argument,
        "scope": _write_arguments(use.scope),
        "chosen": _write_arguments({**use.scope, **use.criterion}),
        **use.write_fields(_write_fields),
    }


def _write_arguments(arguments: Mapping[str, str]) -> str:
    return "".join(f"{name}: {json.dumps(text)}, " for name, text in arguments.items())


def _write_fields(value: str, fields: Iterable[str]) -> str:
    return "".join(f"\n        {field}: {value}.{field}," for field in fields)
