"""What the emulator does where nobody outside the vendor knows what the cloud does.

Every field is such a question; its default is our answer and its docstring the reason. A test that
wants the other answer says so: `Emulator(choices=Choices(unknown_engine="null"))`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """Our answers to the questions that the vendor's pages leave open."""

    unknown_engine: Literal["refuse", "null"] = "refuse"
    """An unknown DataEngineId: the code ResourceNotFound.DataEngineNotFound exists in DLC's own
    list of codes, and a refusal is what a typing mistake should meet."""

    unknown_framework_type: Literal["null", "refuse"] = "null"
    """A FrameworkType that the engine does not have: the page says that the list may be null, "no
    valid values can be obtained"; the vendor's list of types grows, so an unknown one is no error.
    """

    unknown_engine_type: Literal["null", "refuse"] = "null"
    """An EngineType without versions: as for an unknown FrameworkType. The page's own sample sends
    `SQL`, which is not on its list."""

    unknown_image_version: Literal["refuse", "null"] = "refuse"
    """An unknown ChildImageVersionId: ResourceNotFound.ImageVersionNotFound is one of DLC's codes,
    and a typing mistake should be refused."""

    unknown_region: Literal["UnsupportedRegion", "InvalidParameterValue"] = "UnsupportedRegion"
    """A region that the product is not in: both codes have been seen; the first is the more
    specific one."""

    unknown_role: Literal["exists", "refuse"] = "exists"
    """A role that was never added with `keys.add_role`: every well-formed role exists, so that a
    test can bring its own names; trust policies are not modelled."""

    unknown_filter: Literal["refuse", "ignore"] = "refuse"
    """A filter name that the page does not list: TIONE has InvalidParameterValue.InvalidFilter."""

    empty_filters: Literal["refuse", "ignore"] = "refuse"
    """`Filters: []`: another product of the vendor was seen to refuse it; a client that never
    sends it is safe with both."""

    max_limit: int = 200
    """The largest Limit: the page's own sample and the vendor's own toolkit send 200; siblings have
    maxima of 50 to 1000, and PageLimitExceeded exists."""

    zero_limit: Literal["default", "no rows"] = "default"
    """`Limit: 0`: the usual reading of an unset number on the vendor's side."""

    max_filters: int = 5
    """As in DescribeBillingResourceGroups, a sibling action."""

    max_filter_values: int = 100
    """As in DescribeBillingResourceGroups, a sibling action."""

    fuzzy_ignores_case: bool = True
    """A fuzzy filter is a LIKE on the vendor's side, which ignores case in its usual set-up."""

    fuzzy_many_values: Literal["exact", "fuzzy"] = "exact"
    """Fuzzy with several values: siblings say that fuzzy works with exactly one value."""

    expired_key: Literal["AuthFailure.TokenFailure", "AuthFailure.SecretIdNotFound"] = (
        "AuthFailure.TokenFailure"
    )
    """A temporary key after its end: its token is what ended; a forgotten id is the other
    answer."""

    unreadable_body: Literal["InvalidRequest", "InvalidParameter"] = "InvalidRequest"
    """A body that is no JSON object: known to be rejected, the code is not known."""

    clock_window_s: int = 300
    """How far a timestamp may be off; documented as five minutes; in both directions by our
    choice."""


# Choices that are no switches, because no client could want the other answer:
# - The order of checks: protocol, action, version, signature, rate, region, parameters, permission,
#   then the action itself. A refused signature does not count against the rate.
# - No Authorization header: the gateway takes it for a version 1 call, which misses its SecretId.
# - A parameter that is null is a parameter that was not given; SDKs never send one.
# - TotalCount counts what the filters left, before paging; an Offset behind the end is an empty
#   list.
# - Platform images are the same in every TI project.
