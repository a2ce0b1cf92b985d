"""Compare the old and new inputs of a pin and build the response to Diff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_tcimages.plugin.property_values import sealed, unwrap
from pulumi_tcimages.plugin.pulumi_proto import provider_pb2


def changed(
    old: Mapping[str, Any], new: Mapping[str, Any], project: Callable[[Any], Any] = unwrap
) -> list[str]:
    """Return the names of the inputs that differ. A missing input counts as an empty map.

    Each value is converted by `project` before the comparison. The default removes secret marks.
    """

    def normalize(value: Any) -> Any:
        projected = project(value)
        return None if projected == {} else projected

    return [
        name
        for name in sorted({*old, *new})
        if normalize(old.get(name)) != normalize(new.get(name))
    ]


def changed_secrecy(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the names of the inputs that differ only in whether they are secret.

    Such a change requires an update, which encrypts or decrypts the outputs in the state.
    """
    return sorted({*changed(old, new, sealed)} - {*changed(old, new)})


def build_diff_response(names: list[str], olds: Mapping[str, Any], news: Mapping[str, Any]) -> Any:
    """Build the response that lists the changed inputs.

    The response never requests a replacement, because pins are updated in place.
    """
    property_diff, response = provider_pb2.PropertyDiff, provider_pb2.DiffResponse
    detailed = {}
    for name in names:
        kind = property_diff.UPDATE if name in olds else property_diff.ADD
        kind = kind if name in news else property_diff.DELETE
        detailed[name] = property_diff(kind=kind, inputDiff=True)
    return response(
        changes=response.DIFF_SOME if names else response.DIFF_NONE,
        diffs=names,
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
