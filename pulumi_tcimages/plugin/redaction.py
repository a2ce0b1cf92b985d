"""Find the secret arguments of a request and redact them in messages.

All log lines about a request pass through this module, and all errors through `redacted_errors`.
Each secret is redacted in every encoding that may occur.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import struct_pb2

from pulumi_tcimages.formatting import REDACTED
from pulumi_tcimages.naming import camel, mark, snake
from pulumi_tcimages.plugin import OWN_OUTPUTS
from pulumi_tcimages.plugin.property_values import deserialize, has_secret, secret_texts, unwrap
from pulumi_tcimages.plugin.rpc_errors import read_urn
from pulumi_tcimages.redaction import redact
from pulumi_tcimages.sources import find_source_of_token
from pulumi_tcimages.sources.source import Source

_INPUTS = ("args", "properties", "news", "inputs")
"""The fields of RPC requests that contain the program's arguments."""


@dataclass(frozen=True)
class Secrets:
    """The secret arguments of a request."""

    names: frozenset[str] = frozenset()
    """The names of the secret arguments, in snake_case, including maps with a secret value."""
    texts: tuple[str, ...] = field(default=(), repr=False)
    """The strings and numbers to redact: all secrets in the arguments and in the configuration."""
    is_region_secret: bool = False
    """Whether the configured region is secret."""
    source: Source | None = None
    """The data source, if the request is about a function or pin."""

    @property
    def sent(self) -> frozenset[str]:
        """The names of the arguments that are sent to the cloud.

        If such an argument is secret, messages omit the number of images, which may reveal it.
        """
        arguments = self.source.single_query.api_arguments if self.source else ()
        return frozenset({"region", *arguments})

    @classmethod
    def among(
        cls,
        properties: Mapping[str, Any],
        source: Source | None = None,
        configured: Sequence[str] = (),
    ) -> Secrets:
        """Find the secrets in the properties of a function or pin.

        A pin's outputs are left out, except for the id of its image if the image is secret. The
        texts in `configured` are the secrets of the provider's configuration.
        """
        inputs = {name: value for name, value in properties.items() if name not in OWN_OUTPUTS}
        names = frozenset(snake(name) for name, value in inputs.items() if has_secret(value))
        texts = [*configured, *secret_texts(inputs)]
        if source is None:
            return cls(names, tuple(texts))
        image = unwrap(properties.get("image")) if has_secret(properties.get("image")) else None
        image_id = image.get(camel(source.image.id_field)) if isinstance(image, dict) else None
        texts += [str(image_id)] if image_id else []
        return cls(names, tuple(texts), source=source)

    @classmethod
    def in_request(
        cls, request: Any, configured: Sequence[str] = (), is_region_secret: bool = False
    ) -> Secrets:
        """Find the secrets in any RPC request, and add those of the provider's configuration."""
        token = getattr(request, "tok", "") or read_urn(getattr(request, "urn", "")).token
        source = find_source_of_token(token)
        structs = [getattr(request, field, None) for field in _INPUTS]
        secrets = [
            cls.among(deserialize(struct), source)
            for struct in structs
            if isinstance(struct, struct_pb2.Struct)
        ]
        olds = getattr(request, "olds", None)
        if isinstance(olds, struct_pb2.Struct):
            secrets.append(cls.among({"image": deserialize(olds).get("image")}, source))
        return cls(
            frozenset().union(*(part.names for part in secrets)),
            (*configured, *(text for part in secrets for text in part.texts)),
            is_region_secret,
            source,
        )

    @property
    def criteria(self) -> frozenset[str]:
        """The names of the secret arguments except triggers, which do not select an image."""
        return self.names - {"triggers"}

    def redact(self, text: str) -> str:
        """Redact the secrets in a message from this package."""
        return redact(text, self.texts)

    def redact_foreign(self, text: str) -> str:
        """Redact the secrets in a message from the cloud.

        The whole message is replaced if it contains a secret that is too short to redact.
        """
        redacted = self.redact(text)
        lower = redacted.lower()
        short = {secret.lower() for secret in self.texts if 0 < len(secret) < 4}
        is_short = any(secret in lower for secret in short)
        return REDACTED if is_short else redacted

    def redact_warnings(self, warnings: Sequence[str]) -> list[str]:
        """Redact the secrets in warnings.

        If a criterion is secret, the warnings could reveal it, so a generic warning replaces them.
        """
        if not warnings or not self.criteria:
            return [self.redact(warning) for warning in warnings]
        return [f"{describe_secrets(self.criteria)}, so a warning about this lookup is not shown"]


def describe_secrets(names: frozenset[str]) -> str:
    """Return a clause that names the secret arguments."""
    noun = "is a secret" if len(names) == 1 else "are secrets"
    return f"{', '.join(sorted(map(mark, names)))} {noun}"
