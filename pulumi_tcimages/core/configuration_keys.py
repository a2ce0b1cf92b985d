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
    find_path_problem,
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


def _check_path(value: str) -> str:
    if problem := find_path_problem(value):
        raise PydanticCustomError("path", "{problem}", {"problem": problem})
    return value


_Region = Annotated[str, AfterValidator(_check_region)]
_Endpoint = Annotated[str, Field(min_length=1, max_length=260), AfterValidator(_check_endpoint)]
_Path = Annotated[_Text, AfterValidator(_check_path)]
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
    """A role to assume with the credentials from any other source."""

    role_arn: _Word | None = optional(
        "The ARN of the role to assume, for example `qcs::cam::uin/100000000001:roleName/build`."
    )
    session_name: _Word | None = optional(
        "The name of the session in Tencent Cloud's audit trail. Defaults to `pulumi-tcimages`."
    )
    session_duration: Annotated[_WholeNumber, Field(ge=1, le=43200)] | None = optional(
        "The duration of the session in seconds, at most `43200`. Defaults to `7200`."
    )
    policy: _Text | None = optional(
        "A CAM policy in JSON that restricts the permissions of the session."
    )
    external_id: _Word | None = optional("The external id that the role's trust policy requires.")


class AssumeRoleWithWebIdentity(_Section):
    """A role to assume with an OIDC token instead of an API key."""

    provider_id: _Word | None = optional(
        "The name of the identity provider in CAM. Defaults to `OIDC`."
    )
    role_arn: _Word | None = optional(
        "The ARN of the role to assume, for example `qcs::cam::uin/100000000001:roleName/ci`."
    )
    session_name: _Word | None = optional(
        "The name of the session in Tencent Cloud's audit trail. Defaults to `pulumi-tcimages`."
    )
    session_duration: Annotated[_WholeNumber, Field(ge=1, le=43200)] | None = optional(
        "The duration of the session in seconds, at most `43200`. Defaults to `7200`."
    )
    web_identity_token: _Token | None = optional(
        "The OIDC token. To keep it out of the stack, set `webIdentityTokenFile` instead."
    )
    web_identity_token_file: _Path | None = optional(
        "The path of a file with the OIDC token, in plain text or as JSON with the key "
        "`web_identity_token`."
    )


class Endpoints(_Section):
    """Custom endpoints that replace Tencent Cloud's default endpoints."""

    dlc: _Endpoint | None = optional(
        "The endpoint of DLC: a host, host:port or URL without a path."
    )
    tione: _Endpoint | None = optional(
        "The endpoint of TIONE: a host, host:port or URL without a path."
    )
    sts: _Endpoint | None = optional(
        "The endpoint of STS: a host, host:port or URL without a path."
    )
    metadata: _Endpoint | None = optional(
        "The endpoint of the metadata service, which provides the credentials of a CVM role."
    )


class Configuration(_Section):
    """The provider's configuration as the user set it, without values from variables or files."""

    _placeholders: Mapping[str, Placeholder] = PrivateAttr(default_factory=dict)
    _sources: Mapping[str, str] = PrivateAttr(default_factory=dict)
    _spellings: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def placeholders(self) -> Mapping[str, Placeholder]:
        """The placeholders that the configuration contains instead of values, by dotted path."""
        return self._placeholders

    def source_of(self, path: str) -> str:
        """Return the source of a setting for messages, such as `configuration tcimages:site`."""
        known = self._sources.get(path.partition(".")[0])
        return known or f"configuration tcimages:{self.spelling_of(path)}"

    def spelling_of(self, path: str) -> str:
        """Return the path of a setting as the user spells it, by default in camelCase."""
        return self._spellings.get(path) or camel_path(path)

    def with_origins(
        self,
        found: Mapping[str, Placeholder],
        spellings: Mapping[str, str],
        sources: Mapping[str, str],
    ) -> "Configuration":
        """Return a copy of this configuration that records how and where the user wrote it.

        Args:
            found: the placeholders in it.
            spellings: the paths of placeholders that are not in camelCase, as written.
            sources: the source of each key that does not come from the stack's configuration.
        """
        copy = self.model_copy()
        copy._placeholders, copy._spellings, copy._sources = found, spellings, sources
        return copy

    region: _Region | None = optional(
        "The region to query, for example `ap-guangzhou`. Defaults to the region in the "
        "environment, then to the region in the tccli profile. There is no built-in default."
    )
    secret_id: _Word | None = optional(
        "The SecretId of the API key. Setting it in the environment or a tccli profile is "
        "recommended."
    )
    secret_key: _Word | None = optional(
        "The SecretKey of the API key. Setting it in the environment or a tccli profile is "
        "recommended."
    )
    security_token: _Word | None = optional("The security token of a temporary API key.")
    profile: Annotated[str, Field(pattern=PROFILE)] | None = optional(
        "The tccli profile to read the API key and the region from. Defaults to `default`."
    )
    shared_credentials_dir: _Path | None = optional(
        "The directory of the tccli profiles. Defaults to `~/.tccli`."
    )
    cam_role_name: _RoleName | None = optional(
        "The CAM role of the CVM that runs the program. The CVM's metadata service provides the "
        "credentials."
    )
    assume_role: AssumeRole | None = optional(
        "A role to assume with the credentials from any other source."
    )
    assume_role_with_web_identity: AssumeRoleWithWebIdentity | None = optional(
        "A role to assume with an OIDC token instead of an API key, for example in CI."
    )
    site: Annotated[Literal["china", "intl"], BeforeValidator(_lower)] | None = optional(
        "The Tencent Cloud site that issued the API key: `china` (cloud.tencent.com) or `intl` "
        "(tencentcloud.com). Defaults to `china`."
    )
    endpoints: Endpoints | None = optional(
        "Custom endpoints that replace Tencent Cloud's default endpoints, for each service."
    )
    protocol: Annotated[Literal["https", "http"], BeforeValidator(_lower)] | None = optional(
        "The protocol of requests: `https`, or `http` for a custom gateway. Defaults to `https`."
    )
    language: Literal["en-US", "zh-CN"] | None = optional(
        "The language of Tencent Cloud's messages: `en-US` or `zh-CN`. Defaults to `en-US`."
    )
    timeout_seconds: Annotated[_Number, Field(gt=0, le=LONGEST_TIMEOUT_S)] | None = optional(
        "The timeout of a lookup in seconds, including all pages, waits and retries. Defaults to "
        "`60`."
    )
    cache_ttl_seconds: Annotated[_Number, Field(ge=0, le=86400)] | None = optional(
        "The time in seconds for which a list of images is cached for further lookups. `0` "
        "disables the cache. Defaults to `300`."
    )
    max_requests_per_second: Annotated[_WholeNumber, Field(ge=1, le=1000)] | None = optional(
        "The maximum number of requests per second for each API action and endpoint. Tencent Cloud "
        "allows 20 per account. Defaults to `15`."
    )
    allowed_account_ids: _AccountIds | None = optional(
        "The ids of the accounts whose API keys may be used. Keys of other accounts cause an error."
    )
    forbidden_account_ids: _AccountIds | None = optional(
        "The ids of the accounts whose API keys must not be used."
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
