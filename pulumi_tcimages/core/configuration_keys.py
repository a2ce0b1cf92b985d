"""The provider's configuration keys, with their types and descriptions.

The descriptions are copied to schema.json. The keys have the same names as in Tencent Cloud's
Terraform provider.
"""

# Do not add `from __future__ import annotations`: pydantic would take 2 ms to evaluate the
# annotations.

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr
from pydantic_core import PydanticCustomError

from pulumi_tcimages.core.fields import optional
from pulumi_tcimages.core.placeholders import Placeholder
from pulumi_tcimages.core.regions import explain_invalid_region
from pulumi_tcimages.core.setting_patterns import (
    ACCOUNT_ID,
    PLAIN,
    PROFILE,
    ROLE_NAME,
    is_endpoint,
)
from pulumi_tcimages.naming import camel_path

_Word = Annotated[str, Field(min_length=1, max_length=8192, pattern=PLAIN)]
_Token = Annotated[str, Field(min_length=1, max_length=65536, pattern=PLAIN)]
_Text = Annotated[str, Field(min_length=1, max_length=8192)]
# The pattern uses `+` instead of `{1,128}`, because a Unicode class with a count takes 50 ms to
# compile.
_RoleName = Annotated[str, Field(pattern=ROLE_NAME, max_length=128)]


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _as_text(value: object) -> object:
    """Convert an account id to a string, because YAML reads an unquoted id as a number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _not_bool(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("number", "is true or false, not a number")
    return value


_Number = Annotated[float, BeforeValidator(_not_bool), Field(allow_inf_nan=False)]
_WholeNumber = Annotated[int, BeforeValidator(_not_bool)]
_AccountId = Annotated[str, BeforeValidator(_as_text), Field(pattern=ACCOUNT_ID)]
_AccountIds = Annotated[list[_AccountId], Field(min_length=1)]


def _check_endpoint(value: str) -> str:
    if not is_endpoint(value):
        raise PydanticCustomError("endpoint", "is not an address that requests can go to")
    return value.lower().rstrip("/")


def _check_region(value: str) -> str:
    if problem := explain_invalid_region(value):
        raise PydanticCustomError("region", "{problem}", {"problem": problem})
    return value


_Region = Annotated[str, AfterValidator(_check_region)]
_Endpoint = Annotated[str, Field(min_length=1, max_length=260), AfterValidator(_check_endpoint)]
LONGEST_TIMEOUT_S = 3600


class _Section(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True
    )

    def __repr__(self) -> str:
        """Show the names of the fields that are set, but not their values, which may be secret."""
        return f"{type(self).__name__}({', '.join(sorted(self.model_fields_set))})"

    __str__ = __repr__


class AssumeRole(_Section):
    """A role to assume with the configured credentials."""

    role_arn: _Word | None = optional(
        "The role to assume, for instance `qcs::cam::uin/100000000001:roleName/build`."
    )
    session_name: _Word | None = optional(
        "The session's name in the cloud's audit trail; default `pulumi-tcimages`."
    )
    session_duration: Annotated[_WholeNumber, Field(ge=1, le=43200)] | None = optional(
        "How long the role is held, in seconds, at most 43200; default 7200."
    )
    policy: _Text | None = optional("A CAM policy, as JSON, that narrows what the role may do.")
    external_id: _Word | None = optional("The external id that the role's trust policy asks for.")


class AssumeRoleWithWebIdentity(_Section):
    """A role to assume with an OIDC token instead of keys."""

    provider_id: _Word | None = optional("The identity provider's name in CAM; default `OIDC`.")
    role_arn: _Word | None = optional(
        "The role to assume, for instance `qcs::cam::uin/100000000001:roleName/ci`."
    )
    session_name: _Word | None = optional(
        "The session's name in the cloud's audit trail; default `pulumi-tcimages`."
    )
    session_duration: Annotated[_WholeNumber, Field(ge=1, le=43200)] | None = optional(
        "How long the role is held, in seconds, at most 43200; default 7200."
    )
    web_identity_token: _Token | None = optional(
        "The OIDC token itself; `webIdentityTokenFile` keeps it out of the stack."
    )
    web_identity_token_file: _Text | None = optional(
        "A file with the OIDC token: as it is, or as JSON with `web_identity_token`."
    )


class Endpoints(_Section):
    """Endpoints that replace Tencent Cloud's defaults."""

    dlc: _Endpoint | None = optional(
        "The address for DLC: a host, host:port or URL without a path."
    )
    tione: _Endpoint | None = optional(
        "The address for TIONE: a host, host:port or URL without a path."
    )
    sts: _Endpoint | None = optional(
        "The address for STS: a host, host:port or URL without a path."
    )
    metadata: _Endpoint | None = optional(
        "The address of the metadata service that a CVM's role is read from."
    )


class Configuration(_Section):
    """The provider's configuration as the user set it, without values from variables or files."""

    _placeholders: Mapping[str, Placeholder] = PrivateAttr(default_factory=dict)
    _sources: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def placeholders(self) -> Mapping[str, Placeholder]:
        """The placeholders that the configuration contains instead of values, by dotted path."""
        return self._placeholders

    def source_of(self, path: str) -> str:
        """Return the source of a setting for messages, such as `configuration tcimages:site`."""
        known = self._sources.get(path.partition(".")[0])
        return known or f"configuration tcimages:{camel_path(path)}"

    def with_placeholders(
        self, found: Mapping[str, Placeholder], sources: Mapping[str, str]
    ) -> "Configuration":
        """Return a copy of this configuration that records the placeholders found in it.

        Args:
            sources: the source of each key that does not come from the stack's configuration.
        """
        copy = self.model_copy()
        copy._placeholders, copy._sources = found, sources
        return copy

    region: _Region | None = optional(
        "The region to ask, for instance `ap-guangzhou`; default: the environment's, "
        "then the profile's. There is no built-in one."
    )
    secret_id: _Word | None = optional(
        "The id of the API key; better kept in the environment or a profile."
    )
    secret_key: _Word | None = optional("The API key; better kept in the environment or a profile.")
    security_token: _Word | None = optional("The token that belongs to a temporary key.")
    profile: Annotated[str, Field(pattern=PROFILE)] | None = optional(
        "The tccli profile to read keys and region from; default `default`."
    )
    shared_credentials_dir: _Text | None = optional(
        "The folder of the tccli profiles; default `~/.tccli`."
    )
    cam_role_name: _RoleName | None = optional(
        "The CAM role of the CVM that this runs on; its metadata service lends the keys."
    )
    assume_role: AssumeRole | None = optional(
        "A role to take on, on top of whatever credentials were found."
    )
    assume_role_with_web_identity: AssumeRoleWithWebIdentity | None = optional(
        "A role to take on with an OIDC token instead of keys, as in CI."
    )
    site: Annotated[Literal["china", "intl"], BeforeValidator(_lower)] | None = optional(
        "The site that issued the keys: `china` (cloud.tencent.com) or `intl` "
        "(tencentcloud.com); default `china`."
    )
    endpoints: Endpoints | None = optional(
        "Where requests go instead of the vendor's address, for each service."
    )
    protocol: Annotated[Literal["https", "http"], BeforeValidator(_lower)] | None = optional(
        "`https` or, for a gateway of your own, `http`; default `https`."
    )
    language: Literal["en-US", "zh-CN"] | None = optional(
        "The language of the cloud's messages: `en-US` or `zh-CN`; default `en-US`."
    )
    timeout_seconds: Annotated[_Number, Field(gt=0, le=LONGEST_TIMEOUT_S)] | None = optional(
        "How many seconds a lookup may take, with all its pages, waits and retries; default 60."
    )
    cache_ttl_seconds: Annotated[_Number, Field(ge=0, le=86400)] | None = optional(
        "How many seconds a listing is cached for further lookups, 0 for not at all; default 300."
    )
    max_requests_per_second: Annotated[_WholeNumber, Field(ge=1, le=1000)] | None = optional(
        "How many requests are sent in any second, for each action and address; the "
        "cloud allows an account 20; default 15."
    )
    allowed_account_ids: _AccountIds | None = optional(
        "The ids of the only accounts whose keys may be used; any other is an error."
    )
    forbidden_account_ids: _AccountIds | None = optional(
        "The ids of accounts whose keys must not be used."
    )


SECRETS = frozenset(
    {
        "secret_id",
        "secret_key",
        "security_token",
        "assume_role.external_id",
        "assume_role_with_web_identity.web_identity_token",
    }
)
"""The dotted paths of secret settings. Their values are never shown, and the engine encrypts them.
"""
SECRET_KEYS = frozenset(path.partition(".")[0] for path in SECRETS)
"""The top-level keys that contain secrets. An object with a secret field is secret as a whole,
because the engine sends it as a single string.
"""

KEY_PARTS = ("secret_id", "secret_key", "security_token")
"""The settings that together form a set of API keys."""
