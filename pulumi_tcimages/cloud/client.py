"""List the images of a data source.

The client chooses the region, the endpoint and the keys. Complete listings are cached, so lookups
with different criteria share them. The module `lookup` filters the images.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

from pulumi_tcimages.cloud.account_allowlist import AccountAllowlist
from pulumi_tcimages.cloud.api_requests import ApiRequest, Credential
from pulumi_tcimages.cloud.cache import Cache
from pulumi_tcimages.cloud.credential_provider import use_keys
from pulumi_tcimages.cloud.credentials import build_credential_provider
from pulumi_tcimages.cloud.deadline import Clock, Deadline, ProgressReporter
from pulumi_tcimages.cloud.endpoints import Endpoint, choose_listing_endpoint
from pulumi_tcimages.cloud.listing import LISTINGS, CompleteListing, list_pages, list_whole
from pulumi_tcimages.cloud.page_fetcher import ListingError
from pulumi_tcimages.cloud.placeholder_warnings import list_warnings, missing_region
from pulumi_tcimages.cloud.proxies import NetworkEnvironment
from pulumi_tcimages.cloud.sender import Sender
from pulumi_tcimages.cloud.settings import Settings
from pulumi_tcimages.cloud.transport import Transport
from pulumi_tcimages.core import api, responses
from pulumi_tcimages.core.listing import Listing
from pulumi_tcimages.core.query import warn_off_list
from pulumi_tcimages.core.rows import UnreadableRow, describe_unreadable, warn_of_unreadable
from pulumi_tcimages.diagnostics import Call, Where
from pulumi_tcimages.errors import ISSUES, UPDATE, InvalidResponseError
from pulumi_tcimages.formatting import count_of
from pulumi_tcimages.sources.source import Source

_AT_ONCE = 16
"""Maximum number of pages of one listing to fetch concurrently. The rate limit may lower it."""

_Result = TypeVar("_Result")


class Client:
    """Lists images. Thread-safe."""

    def __init__(self, settings: Settings, clock: Clock, progress: ProgressReporter) -> None:
        self.settings = settings
        network_environment = NetworkEnvironment(settings.environ)
        self._transport = Transport(network_environment, clock.check_cancelled)
        self._sender = Sender(settings, self._transport, clock)
        self._credential_provider = build_credential_provider(settings, self._sender, clock)
        self._clock = clock
        self._progress = progress
        # Cache the endpoints: when the listing is cached, choosing the endpoint would take half of
        # a lookup's time.
        self._choose_endpoint = lru_cache(maxsize=256)(partial(choose_listing_endpoint, settings))
        self._allowlist = AccountAllowlist(settings, self._sender, clock)
        self._cache: Cache[Listing] = Cache(
            clock, settings.get("cache_ttl_seconds"), size_of=lambda listing: listing.size_bytes
        )

    def list_images(
        self,
        source: Source,
        *,
        region: str | None = None,
        parameters: Mapping[str, object] | None = None,
    ) -> Listing:
        """Return all images of a data source, from the cache if possible.

        Args:
            parameters: the API parameters, in snake_case.
        """
        action = source.action.action
        timeout_s = self.settings.get("timeout_seconds")
        deadline = Deadline(self._clock, timeout_s, self._progress)
        region_source = "" if region else self.settings.source_of("region")
        region = self.region(region)
        if region is None:
            raise missing_region(self.settings)
        endpoint = self._choose_endpoint(source, region)
        sent = json.dumps(parameters or {}, sort_keys=True)

        def find_listing(credential: Credential) -> Listing:
            self._allowlist.check(credential, region, deadline)
            context = _RequestContext(source, region, endpoint, credential, deadline, region_source)
            key = (action, credential.keys, endpoint, region, sent)
            return self._cache.get(
                key, lambda: self._fetch(context, parameters or {}), deadline.started_s
            )

        return use_keys(self._credential_provider, deadline, find_listing)

    def region(self, argument: str | None) -> str | None:
        """Return `argument` or, if it is None, the configured region."""
        return argument or self.settings.get("region")

    def close(self) -> None:
        self._transport.close()

    def _fetch(self, context: _RequestContext, parameters: Mapping[str, object]) -> Listing:
        action = context.source.action

        def fetch(offset: int, limit: int | None) -> responses.Page:
            page = action.page_parameters(offset, limit) if limit else {}
            read = partial(
                responses.read_page, action=action, image=context.source.image, limit=limit
            )
            request = context.build_request({**parameters, **page}, read)
            return self._sender.send(request, context.deadline)

        try:
            if action.paging == "none":
                complete = list_whole(lambda: fetch(0, None), has_total=bool(action.total))
            else:
                at_once = min(_AT_ONCE, self.settings.get("max_requests_per_second"))
                complete = list_pages(
                    fetch, at_once, context.deadline.note, is_numbered=action.paging == "page"
                )
        except ListingError as error:
            raise InvalidResponseError(
                str(error),
                call=context.call(attempts=LISTINGS),
                fix=f"try again; if it stays so, report it with these numbers on {ISSUES}.",
            ) from None
        listing = _build_listing(complete, context)
        warnings = [
            *list_warnings(self.settings),
            *context.credential.warnings,
            *self._warn_of_region(context),
        ]
        return replace(listing, warnings=(*warnings, *listing.warnings))

    def _warn_of_region(self, context: _RequestContext) -> list[str]:
        """Return a warning if the region is not documented for the source and the site, else []."""
        if not context.source.regions:
            return []
        known = context.source.regions.get(self.settings.get("site"))
        return warn_off_list("region", context.region, known) if known else []


class _RequestContext(NamedTuple):
    """The values that all requests of one listing share."""

    source: Source
    region: str
    endpoint: Endpoint
    credential: Credential
    deadline: Deadline
    region_source: str
    """The setting that the region comes from, or "" if the caller passed the region."""

    @property
    def where(self) -> Where:
        return Where(self.region, self.endpoint.host)

    def build_request(
        self,
        parameters: Mapping[str, object],
        read: Callable[[api.Reply], _Result | api.Unreadable],
    ) -> ApiRequest[_Result]:
        action = self.source.action.action
        return ApiRequest(
            action,
            parameters,
            self.endpoint,
            self.region,
            self.credential,
            read,
            is_confidential=self.source.is_confidential,
            source=self.source,
            region_source=self.region_source,
        )

    def call(self, attempts: int) -> Call:
        service, action, _ = self.source.action.action
        place, key_source = (self.region, self.endpoint.host), self.credential.source
        elapsed_s = self.deadline.elapsed_s
        return Call(service, action, *place, attempts, elapsed_s, key_source=key_source)


def _build_listing(complete: CompleteListing, context: _RequestContext) -> Listing:
    """Build a listing from the rows that could be parsed.

    Raises: InvalidResponseError if there are rows, but none could be parsed.
    """
    rows = complete.rows
    images = tuple(row for row in rows if not isinstance(row, UnreadableRow))
    if rows and not images:
        raise InvalidResponseError(
            f"{count_of(len(rows), 'image')} listed, and none can be read: "
            f"{describe_unreadable(rows)}.",
            call=context.call(attempts=1),
            fix=f"{UPDATE}.",
        )
    ids = frozenset(row.id for row in rows if isinstance(row, UnreadableRow) and row.id)
    warnings = (*complete.warnings, *warn_of_unreadable(rows))
    return Listing(images, len(rows), context.where, warnings, ids, complete.size_bytes)
