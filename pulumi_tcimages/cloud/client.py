"""The two questions that the cloud is asked, and everything it takes to ask them well.

region -> endpoint -> keys -> account guard -> cache -> pages -> `Listing`. One listing answers many
lookups: whatever a lookup narrows is decided elsewhere, from the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, Generic, NamedTuple, TypeVar

from pulumi_tcimages.cloud.account_allowlist import AccountAllowlist
from pulumi_tcimages.cloud.cache import Cache
from pulumi_tcimages.cloud.credential_provider import CredentialProvider, use_keys
from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from pulumi_tcimages.cloud.endpoints import Endpoint, choose_endpoint
from pulumi_tcimages.cloud.listing import LISTINGS, ListingError, list_pages
from pulumi_tcimages.cloud.placeholder_warnings import list_warnings
from pulumi_tcimages.cloud.sender import ApiRequest, Credential, Sender
from pulumi_tcimages.cloud.settings import Settings, missing_region
from pulumi_tcimages.cloud.transport import Transport
from pulumi_tcimages.core import api, responses
from pulumi_tcimages.core.images import PlatformImage, SessionImage
from pulumi_tcimages.core.rows import (
    UnreadableRow,
    describe_unreadable,
    drop_identical,
    warn_of_unreadable,
)
from pulumi_tcimages.diagnostics import Call, Where
from pulumi_tcimages.errors import InvalidResponseError
from pulumi_tcimages.formatting import count_of

_AT_ONCE = 16
"""Pages of one listing; the rate is limited elsewhere."""

_Result = TypeVar("_Result")
ImageT = TypeVar("ImageT", bound="PlatformImage | SessionImage")
ImageT_co = TypeVar("ImageT_co", bound="PlatformImage | SessionImage", covariant=True)


@dataclass(frozen=True, eq=False)
class Listing(Generic[ImageT_co]):
    """All images that the cloud listed, and where."""

    images: tuple[ImageT_co, ...]
    total_count: int
    where: Where
    warnings: tuple[str, ...] = ()
    """For the user: the rows that could not be read and are left out."""
    unreadable_ids: frozenset[str] = frozenset()
    """The ids of those rows, where they can be read."""
    size_bytes: int = 0
    """An estimate of the memory that it takes."""
    answers: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    """Answers built from this listing, by request; whoever adds one keeps their number bounded."""


class Client:
    """Lists images; safe for many threads."""

    def __init__(
        self,
        settings: Settings,
        transport: Transport,
        sender: Sender,
        credential_provider: CredentialProvider,
        clock: Clock,
        progress: ProgressReporter,
    ) -> None:
        self.settings = settings
        self._transport = transport
        self._sender = sender
        self._keyring = credential_provider
        self._clock = clock
        self._progress = progress
        # Kept: every lookup asks, and it is half of what one costs whose answer is kept.
        self._choose_endpoint = lru_cache(maxsize=256)(partial(choose_endpoint, settings))
        self._guard = AccountAllowlist(settings, sender, clock)
        self._cache: Cache[Listing[Any]] = Cache(
            clock, settings.get("cache_ttl_seconds"), size_of=lambda listing: listing.size_bytes
        )

    def list_platform_images(
        self,
        *,
        region: str | None,
        ti_project_id: str | None = None,
        filters: Sequence[Mapping[str, object]] = (),
    ) -> Listing[PlatformImage]:
        """The TIONE platform images that pass the raw filters, listed once for many lookups."""

        def list_images(question: _Question) -> Listing[PlatformImage]:
            def fetch(offset: int, limit: int) -> responses.Page:
                parameters = api.build_platform_images(offset, limit, ti_project_id, filters)
                read = partial(responses.read_platform_images, limit=limit)
                errand = question.errand(api.PLATFORM_IMAGES, parameters, read)
                return self._sender.send(errand, question.deadline)

            rows, size_bytes = self._list_pages(fetch, question)
            return _build_listing(rows, size_bytes, question, api.PLATFORM_IMAGES)

        return self._ask("tione", region, (ti_project_id, _canonical(filters)), list_images)

    def list_session_images(
        self, *, region: str | None, data_engine_id: str, framework_type: str
    ) -> Listing[SessionImage]:
        """The images that sessions of a DLC engine can run, for one type of framework."""

        def list_images(question: _Question) -> Listing[SessionImage]:
            parameters = {"data_engine_id": data_engine_id, "framework_type": framework_type}
            errand = question.errand(api.SESSION_IMAGES, parameters, responses.read_session_images)
            page = self._sender.send(errand, question.deadline)
            rows = drop_identical(page.rows)
            return _build_listing(rows, page.size_bytes, question, api.SESSION_IMAGES)

        return self._ask("dlc", region, (data_engine_id, framework_type), list_images)

    def region(self, given: str | None) -> str | None:
        """The region that a question goes to: the argument's or the settings'; None if nowhere."""
        return given or self.settings.get("region")

    def close(self) -> None:
        """Ends the connections."""
        self._transport.close()

    def _ask(
        self,
        service: str,
        given_region: str | None,
        key: Hashable,
        list_images: Callable[[_Question], Listing[ImageT]],
    ) -> Listing[ImageT]:
        timeout_s = self.settings.get("timeout_seconds")
        deadline = Deadline(self._clock, timeout_s, self._progress)
        region = self.region(given_region)
        if region is None:
            raise missing_region(self.settings)
        endpoint = self._choose_endpoint(service, region)

        def ask(credential: Credential) -> Listing[ImageT]:
            self._guard.check(credential, region, deadline)
            question = _Question(region, endpoint, credential, deadline)
            whole_key = (service, credential.keys, endpoint, region, key)
            return self._cache.get(whole_key, lambda: fetch(question), deadline.started_s)

        def fetch(question: _Question) -> Listing[ImageT]:
            listing = list_images(question)
            unfilled = (*list_warnings(self.settings), *question.credential.warnings)
            return replace(listing, warnings=(*unfilled, *listing.warnings))

        return use_keys(self._keyring, deadline, ask)

    def _list_pages(
        self, fetch: Callable[[int, int], responses.Page], question: _Question
    ) -> tuple[list[responses.PlatformRow], int]:
        at_once = min(_AT_ONCE, self.settings.get("max_requests_per_second"))
        try:
            return list_pages(fetch, at_once, question.deadline.note)
        except ListingError as error:
            raise InvalidResponseError(
                str(error),
                call=question.call(api.PLATFORM_IMAGES, attempts=LISTINGS),
                fix="try again; if it stays so, tell us with the numbers above.",
            ) from None


class _Question(NamedTuple):
    """Where a question goes, as whom, and how long it may take."""

    region: str
    endpoint: Endpoint
    credential: Credential
    deadline: Deadline

    @property
    def where(self) -> Where:
        return Where(self.region, self.endpoint.host)

    def errand(
        self,
        action: api.Action,
        parameters: Mapping[str, object],
        read: Callable[[api.Reply], _Result | api.Unreadable],
    ) -> ApiRequest[_Result]:
        return ApiRequest(action, parameters, self.endpoint, self.region, self.credential, read)

    def call(self, action: api.Action, attempts: int) -> Call:
        return Call(
            service=action.service,
            action=action.name,
            region=self.region,
            endpoint=self.endpoint.host,
            attempts=attempts,
            elapsed_s=self.deadline.elapsed_s,
            key_source=self.credential.source,
        )


def _build_listing(
    rows: Sequence[ImageT | UnreadableRow],
    size_bytes: int,
    question: _Question,
    action: api.Action,
) -> Listing[ImageT]:
    """Return the listing of the rows that can be read.

    Errors: InvalidResponseError if there is none.
    """
    images = tuple(row for row in rows if not isinstance(row, UnreadableRow))
    if rows and not images:
        raise InvalidResponseError(
            f"{count_of(len(rows), 'image')} listed, and none can be read: "
            f"{describe_unreadable(rows)}.",
            call=question.call(action, attempts=1),
            fix="the API may have changed: report this to pulumi-tcimages.",
        )
    ids = frozenset(row.id for row in rows if isinstance(row, UnreadableRow) and row.id)
    warnings = warn_of_unreadable(rows)
    return Listing(images, len(rows), question.where, warnings, ids, size_bytes)


def _canonical(filters: Sequence[Mapping[str, object]]) -> str:
    return json.dumps([dict(one) for one in filters], sort_keys=True) if filters else ""
