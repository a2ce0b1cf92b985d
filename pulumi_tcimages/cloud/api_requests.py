"""API requests and metadata requests, and the credentials that sign them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from pulumi_tcimages.cloud.endpoints import Endpoint
from pulumi_tcimages.core import api
from pulumi_tcimages.diagnostics import Call
from pulumi_tcimages.sources.source import Source

Result = TypeVar("Result", covariant=True)


class Role(NamedTuple):
    """A CAM role to assume with the STS action AssumeRole."""

    arn: str
    session_name: str = ""
    session_duration_s: int | None = None
    policy: str = ""
    external_id: str = ""

    def __repr__(self) -> str:
        return "Role(...)"  # Omits the fields, which may be secret.


class Credential(NamedTuple):
    """API keys, their source, and the role to assume with them."""

    keys: api.Keys
    source: str
    expires_at_unix_s: float | None = None
    role: Role | None = None
    has_used_role_variables: bool = False
    """Whether these keys belong to the role that environment variables name. That role must not be
    assumed a second time.
    """
    is_of_role: bool = False
    """Whether these are the temporary keys of a role, which a web identity has assumed."""
    has_own_role: bool = False
    """Whether `role` comes from the profile that the configuration names."""
    warnings: tuple[str, ...] = ()
    """Warnings about placeholders in credential files."""
    token_source: str = ""
    """The source of the token, or "" if it comes from `source` like the keys."""
    sent_secrets: Sequence[str] = ()
    """Secrets that were sent to obtain these keys. A gateway in front of STS and the API may repeat
    them in responses.
    """

    @property
    def secrets(self) -> list[str]:
        """All values to redact in messages."""
        return [*self.keys.secrets, *self.sent_secrets]

    def __repr__(self) -> str:
        return f"Credential(source={self.source!r})"  # Omits secret fields.


@dataclass(eq=False, repr=False)
class ApiRequest(Generic[Result]):
    """An API request, and a function that parses its response."""

    action: api.Action
    parameters: Mapping[str, object]
    """The parameters in snake_case. They may contain a secret."""
    endpoint: Endpoint
    region: str | None
    credential: Credential | None
    """The credentials that sign every attempt. None if the action is not signed."""
    read: Callable[[api.Reply], Result | api.Unreadable]
    secret: str = ""
    """The value of the parameter that is secret, such as an OIDC token, or ""."""
    is_confidential: bool = False
    """Whether the response contains secrets. If so, errors must not quote it."""
    source: Source | None = None
    """The data source whose images are listed. None for requests about keys."""
    region_source: str = ""
    """The setting that the region comes from, or "" if the caller passed the region."""

    @property
    def call(self) -> Call:
        """The details of the request for error messages."""
        return Call(
            service=self.action.service,
            action=self.action.name,
            region=self.region or "",
            endpoint=self.endpoint.host,
            key_source=self.credential.source if self.credential else "",
        )

    @property
    def secrets(self) -> list[str]:
        """The secrets to redact in the response, because a server may echo them."""
        return [self.secret, *(self.credential.secrets if self.credential else ())]


@dataclass(eq=False, repr=False)
class MetadataRequest(Generic[Result]):
    """A request to a CVM's metadata service, and a function that parses its response."""

    path: str
    endpoint: Endpoint
    read: Callable[[bytes], Result | api.Unreadable]
    unreached_fix: str
    other_fix: str

    @property
    def call(self) -> Call:
        """The details of the request for error messages."""
        return Call("metadata", "role keys", "", self.endpoint.host)
