"""The emulator's admin API, for other processes on this machine.

    GET    /_emulator/catalogue   get the whole catalogue
    PUT    /_emulator/LIST/KEY    add an image with the fields in the body
    PATCH  /_emulator/LIST/KEY    change some fields of an image
    DELETE /_emulator/LIST/KEY    withdraw an image
    POST   /_emulator/faults      add faults: {action: [step, ...]}
    GET    /_emulator/faults      count the remaining faults, by action
    DELETE /_emulator/faults      remove all faults
    GET    /_emulator/requests    get the journal

LIST is the name of a catalogue list with hyphens, such as `preset-images`. KEY is an image's id,
except that it is ENGINE/FRAMEWORK-TYPE/ID for `session-images` and the image's name for
`built-in-images`.

Requests contain JSON and are not signed. The server listens on loopback only. `origin_checks`
rejects requests from web pages and requests whose Host header names another machine.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pulumi_tcimages.emulator.catalogue import Catalogue
from pulumi_tcimages.emulator.fault_script import Faults
from pulumi_tcimages.emulator.framing import HttpReply, HttpRequest
from pulumi_tcimages.emulator.journal import Journal
from pulumi_tcimages.emulator.listings import LISTINGS
from pulumi_tcimages.emulator.origin_checks import is_local

PREFIX = "/_emulator/"
_MAX_BODY_BYTES = 1024 * 1024


def answer(
    request: HttpRequest, catalogue: Catalogue, faults: Faults, journal: Journal
) -> HttpReply:
    """Handle an admin request. The response is JSON. An error is in its field `error`."""
    if not is_local(request.headers["host"]):
        return refuse("only for this machine", 403)
    if len(request.body) > _MAX_BODY_BYTES or request.problem:
        return refuse("the body must be at most 1 MiB", 413)
    try:
        return _reply(_act(request, catalogue, faults, journal))
    except LookupError:
        return refuse(f"unknown request: {request.method} {request.path}", 404)
    except ValueError as problem:
        return refuse(str(problem), 400)


def refuse(problem: str, status: int) -> HttpReply:
    """Build an error response in the admin API's own format."""
    return _reply({"error": problem}, status)


def _act(request: HttpRequest, catalogue: Catalogue, faults: Faults, journal: Journal) -> Any:
    match [request.method, *request.path.removeprefix(PREFIX).split("/")]:
        case ["GET", "catalogue"]:
            return catalogue.to_document()
        case ["GET", "requests"]:
            return [asdict(entry) for entry in journal]
        case ["GET", "faults"]:
            return {action: len(steps) for action, steps in faults.left().items()}
        case ["POST", "faults"]:
            faults.read(_read_json(request))
        case ["DELETE", "faults"]:
            faults.clear()
        case [method, path, *key] if all(key):
            _change_catalogue(method, path.replace("-", "_"), key, request, catalogue)
        case _:
            raise LookupError
    return {"done": True}


def _change_catalogue(
    method: str, kind: str, key: list[str], request: HttpRequest, catalogue: Catalogue
) -> None:
    listing = LISTINGS.get(kind)
    if listing is None or len(key) != len(listing.place) + 1:
        raise LookupError
    if method == "DELETE":
        catalogue.withdraw(kind, *key)
    elif method == "PUT":
        *place, image_id = key
        image = {listing.id_field: listing.parse_id(image_id), **_read_json(request)}
        fields: dict[str, Any] = dict(zip(listing.place, place, strict=True))
        catalogue.add(kind, image, **fields)
    elif method == "PATCH":
        catalogue.change(kind, *key, **_read_json(request))
    else:
        raise LookupError


def _read_json(request: HttpRequest) -> dict[str, Any]:
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ValueError("the body must be a JSON object")
    return value


def _reply(value: Any, status: int = 200) -> HttpReply:
    text = json.dumps(value, ensure_ascii=False)
    return HttpReply(text.encode("utf-8", "backslashreplace"), status=status)
