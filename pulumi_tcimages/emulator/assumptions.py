"""The emulator's behaviour where the vendor does not document the cloud's.

Each field is an open question. Its default is our assumption, and its docstring gives the reason. A
test can choose a different behaviour: `Emulator(choices=Assumptions(unknown_engine="null"))`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """Our assumptions about behaviour that the vendor's pages leave open."""

    unknown_engine: Literal["refuse", "null"] = "refuse"
    """For an unknown DataEngineId. DLC has the code ResourceNotFound.DataEngineNotFound, and a
    typing mistake should be refused."""

    unknown_framework_type: Literal["null", "refuse"] = "null"
    """For a FrameworkType that the engine does not have. The page says that the list may be null,
    and the vendor's list of types grows."""

    unknown_engine_type: Literal["null", "refuse"] = "null"
    """For an EngineType without versions, as for a FrameworkType. The page's own sample sends
    `SQL`, which is not on its list."""

    unknown_image_version: Literal["refuse", "null"] = "refuse"
    """For an unknown ChildImageVersionId. DLC has the code ResourceNotFound.ImageVersionNotFound,
    and a typing mistake should be refused."""

    unknown_region: Literal["UnsupportedRegion", "InvalidParameterValue"] = "UnsupportedRegion"
    """The code for a region in which the product is not available. Both have been observed; the
    first is more specific.
    """

    unknown_role: Literal["exists", "refuse"] = "exists"
    """For a role that was not added with `keys.add_role`. Tests can use any name, because trust
    policies are not emulated."""

    unknown_filter: Literal["refuse", "ignore"] = "refuse"
    """For a filter name that the page does not list. TIONE has the code
    InvalidParameterValue.InvalidFilter."""

    empty_filters: Literal["refuse", "ignore"] = "refuse"
    """For `Filters: []`. Another of the vendor's products rejects it."""

    max_limit: int = 200
    """The largest Limit or PageSize. The sample of DescribePlatformImages and the vendor's own
    toolkit send 200; other actions have maxima of 50 to 1000."""

    zero_limit: Literal["default", "no rows"] = "default"
    """For `Limit: 0` or `PageSize: 0`. The vendor usually reads an unset number as 0."""

    max_filters: int = 5
    """The largest number of filters, as in DescribeBillingResourceGroups of the same product."""

    max_filter_values: int = 100
    """The largest number of a filter's values, as in DescribeBillingResourceGroups."""

    fuzzy_ignores_case: bool = True
    """Whether a fuzzy filter ignores case, as a LIKE of a database usually does."""

    fuzzy_many_values: Literal["exact", "fuzzy"] = "exact"
    """How a fuzzy filter with several values matches. Other actions allow exactly one value."""

    expired_key: Literal["AuthFailure.TokenFailure", "AuthFailure.SecretIdNotFound"] = (
        "AuthFailure.TokenFailure"
    )
    """The code for an expired temporary key, because strictly speaking its token has expired."""

    unreadable_body: Literal["InvalidRequest", "InvalidParameter"] = "InvalidRequest"
    """The code for a body that is not a JSON object. The cloud refuses it with an unknown code."""

    clock_window_s: int = 300
    """The largest difference between a timestamp and the clock, in seconds. Five minutes are
    documented; we assume that this holds in both directions.
    """


# Further assumptions, without a switch because no client could rely on the opposite:
# - The order of checks, as in `gateway`. A request with a wrong signature does not count against
#   the rate limit.
# - Without an Authorization header, a call counts as signature version 1, which lacks a SecretId.
# - A null parameter counts as missing; SDKs never send one.
# - A total counts the images that filters leave, before paging. An Offset or Page beyond the end
#   gives an empty list.
# - Images are the same in every TI project.
# - DescribePresetImageList has the default and the largest Limit of DescribePlatformImages, and
#   ListImages has a default PageSize of 10, as in its sample.
# - DescribePresetImageList has the filters of its page's samples. DescribeBuildInImages has one for
#   the name, the type and each flag.
