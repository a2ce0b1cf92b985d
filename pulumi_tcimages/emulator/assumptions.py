"""The emulator's behaviour where the vendor does not document the cloud's.

Each field is one such behaviour, with its default and the reason for the default. A test can choose
another behaviour: `Emulator(choices=Assumptions(unknown_engine="null"))`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """The emulator's behaviour where the vendor's documentation is silent."""

    unknown_engine: Literal["refuse", "null"] = "refuse"
    """The response to an unknown DataEngineId. `refuse`, because DLC documents the error code
    ResourceNotFound.DataEngineNotFound, and a typo should fail.
    """

    unknown_framework_type: Literal["null", "refuse"] = "null"
    """The response to a FrameworkType that the engine does not have. `null`, because the
    documentation says that the list may be null, and new types appear.
    """

    unknown_engine_type: Literal["null", "refuse"] = "null"
    """The response to an EngineType without image versions. `null`, because the documentation has a
    sample request with `SQL`, which is not on its list of types.
    """

    unknown_image_version: Literal["refuse", "null"] = "refuse"
    """The response to an unknown ChildImageVersionId. `refuse`, because DLC documents the error
    code ResourceNotFound.ImageVersionNotFound, and a typo should fail.
    """

    unknown_region: Literal["UnsupportedRegion", "InvalidParameterValue"] = "UnsupportedRegion"
    """The error code for a region without the product. The real API has returned both codes. The
    default is the more specific one.
    """

    unknown_role: Literal["exists", "refuse"] = "exists"
    """Whether a role exists that was not added with `keys.add_role`. `exists`, because the emulator
    has no trust policies, so tests can use any role.
    """

    unknown_filter: Literal["refuse", "ignore"] = "refuse"
    """The response to an undocumented filter name. `refuse`, because TIONE documents the error code
    InvalidParameterValue.InvalidFilter.
    """

    empty_filters: Literal["refuse", "ignore"] = "refuse"
    """The response to `Filters: []`. `refuse`, because another product of the vendor rejects it."""

    max_limit: int = 200
    """The largest allowed Limit or PageSize. 200, because the documented sample of
    DescribePlatformImages and the vendor's toolkit send it. Other actions document 50 to 1000.
    """

    zero_limit: Literal["default", "no rows"] = "default"
    """The meaning of `Limit: 0` or `PageSize: 0`. `default`, because the vendor's APIs usually do
    not distinguish 0 from an unset number.
    """

    max_filters: int = 5
    """The largest number of filters. The default is documented for DescribeBillingResourceGroups,
    an action of the same product.
    """

    max_filter_values: int = 100
    """The largest number of values in a filter. The default is documented for
    DescribeBillingResourceGroups.
    """

    fuzzy_ignores_case: bool = True
    """Whether a fuzzy filter ignores case. True, because databases usually do for LIKE."""

    fuzzy_many_values: Literal["exact", "fuzzy"] = "exact"
    """The effect of `Fuzzy` in a filter with several values. `exact` ignores it, because the
    documentation of other actions allows only one value in a fuzzy filter.
    """

    expired_key: Literal["AuthFailure.TokenFailure", "AuthFailure.SecretIdNotFound"] = (
        "AuthFailure.TokenFailure"
    )
    """The error code for an expired temporary key. The default is about the token, because it is
    the token that has expired.
    """

    unreadable_body: Literal["InvalidRequest", "InvalidParameter"] = "InvalidRequest"
    """The error code for a body that is not a JSON object. The code of the real API is unknown."""

    clock_window_s: int = 300
    """The largest difference between a request's timestamp and the clock, in seconds. The
    documented five minutes are applied in both directions.
    """


# Further assumptions. They cannot be changed, because no client could depend on another behaviour:
# - The checks run in the order that `gateway` lists. So a request with a wrong signature does not
#   count against the rate limit.
# - A call without an Authorization header is treated as signature version 1 without a SecretId.
# - A null parameter counts as missing. SDKs never send null.
# - A total counts the images that filters leave, before paging. An Offset or Page beyond the end
#   gives an empty list.
# - Images are the same in every TI project.
# - DescribePresetImageList uses the same default and maximum Limit as DescribePlatformImages.
#   ListImages has a default PageSize of 10, as in the sample of its documentation.
# - DescribePresetImageList has the filters in the samples of its documentation.
#   DescribeBuildInImages has a filter for the name, for the type and for each flag.
