"""A Go program with every function and every pin.

It exports every text of the answers as `pulumi.StringOutput` or `string`, which does not compile if
the schema says that the text may be missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from string import Template

from tests.engine.source_uses import Use, write_uses

_HEAD = """
package main

import (
	"github.com/pulumi-tcimages/pulumi-tcimages/sdk/go/tcimages"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func texts(outputs map[string]pulumi.StringOutput) pulumi.StringMap {
	inputs := pulumi.StringMap{}
	for name, output := range outputs {
		inputs[name] = output
	}
	return inputs
}
"""
_SOURCE = Template("""
func use${type}(ctx *pulumi.Context) error {
	image := tcimages.${single}Output(ctx, tcimages.${single}OutputArgs{$chosen_inputs})
	images := tcimages.${list}Output(ctx, tcimages.${list}OutputArgs{$scope_inputs})
	first := images.Images().Index(pulumi.Int(0))
	plain, err := tcimages.${single}(ctx, &tcimages.${single}Args{$chosen_plain})
	if err != nil {
		return err
	}
	plainImages, err := tcimages.${list}(ctx, &tcimages.${list}Args{$scope_plain})
	if err != nil {
		return err
	}
	listed := plainImages.Images[0]
	ctx.Export("$name", pulumi.Map{
		"image":      texts(map[string]pulumi.StringOutput{$texts_of_image
		}),
		"lists":      pulumi.Map{$lists_of_image
		},
		"first":      texts(map[string]pulumi.StringOutput{$texts_of_first
		}),
		"count":      images.TotalCount(),
		"plain":      pulumi.ToStringMap(map[string]string{$texts_of_plain
		}),
		"plainFirst": pulumi.ToStringMap(map[string]string{$texts_of_listed
		}),
	})
	return nil
}
""")
_PIN = Template("""
func pin${type}(ctx *pulumi.Context) error {
	var pinned map[string]string
	config.RequireObject(ctx, "program:pinned", &pinned)
	pin, err := tcimages.New${pin}(ctx, "$name", &tcimages.${pin}Args{
		$scope_inputs $id_argument: pulumi.String(pinned["$name"]),
	})
	if err != nil {
		return err
	}
	held := pin.Image
	var _ pulumi.StringArrayOutput = tcimages.${list}Output(ctx, tcimages.${list}OutputArgs{
		$scope_inputs
	}).Ids()
	var _ pulumi.StringOutput = pin.ResolvedAt
	newer := map[string]pulumi.StringOutput{"id": pin.NewerImageId, "version": pin.NewerVersion}
	ctx.Export("${name}Pin", pulumi.Map{
		"image":     texts(map[string]pulumi.StringOutput{$texts_of_held
		}),
		"newer":     texts(newer),
		"available": pin.Available,
	})
	return nil
}
""")
_MAIN = Template("""
func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		for _, use := range []func(*pulumi.Context) error{$functions} {
			if err := use(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}
""")


def write_go(uses: Iterable[Use]) -> str:
    """Return main.go."""
    uses = list(uses)
    functions = [
        f"{kind}{use.source.type_name}"
        for use in uses
        for kind in ("use", *(["pin"] if use.source.pin_name else []))
    ]
    main = _MAIN.substitute(functions=", ".join(functions))
    return _HEAD + write_uses(uses, _SOURCE, _PIN, _template_values) + main


def _template_values(use: Use) -> dict[str, str]:
    return {
        "type": use.source.type_name,
        "single": _title(use.source.single_function),
        "list": _title(use.source.list_function),
        "id_argument": _title(use.id_argument),
        "scope_inputs": _write_arguments(use.scope, _write_input),
        "scope_plain": _write_arguments(use.scope, json.dumps),
        "chosen_inputs": _write_arguments({**use.scope, **use.criterion}, _write_input),
        "chosen_plain": _write_arguments(use.scope, json.dumps)
        + _write_arguments(use.criterion, _write_pointer),
        **use.write_fields(_write_fields),
    }


def _write_arguments(arguments: Mapping[str, str], write: Callable[[str], str]) -> str:
    return "".join(f"{_title(name)}: {write(text)}, " for name, text in arguments.items())


def _write_input(text: str) -> str:
    return f"pulumi.String({json.dumps(text)})"


def _write_pointer(text: str) -> str:
    return f"pulumi.StringRef({json.dumps(text)})"


def _write_fields(variable: str, fields: Iterable[str]) -> str:
    """Return code that reads fields of a struct, or calls the methods of an output."""
    call = "" if variable in ("plain", "listed") else "()"
    return "".join(f'\n\t\t\t"{field}": {variable}.{_title(field)}{call},' for field in fields)


def _title(name: str) -> str:
    return name[0].upper() + name[1:]
