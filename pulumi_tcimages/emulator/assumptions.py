"""The emulator's behaviour in cases for which the vendor does not document the cloud's behaviour.

Each field describes such a case, with a default and the reason for it. A test can choose another
behaviour, for instance with `Emulator(choices=Assumptions(unknown_engine="null"))`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """The emulator's behaviour in cases that the vendor's documentation does not cover."""

    unknown_engine: Literal["refuse", "null"] = "refuse"
    """The response to an unknown DataEngineId.

    The default is an error, because DLC documents the error code
    ResourceNotFound.DataEngineNotFound, and a typo should fail.
    """

    unknown_framework_type: Literal["null", "refuse"] = "null"
    """The response to a FrameworkType that the engine does not support.

    The default is `null` instead of a list, because the documentation says that the list may be
    null, and the vendor adds new types.
    """

    unknown_engine_type: Literal["null", "refuse"] = "null"
    """The response to an EngineType without image versions.

    The default is `null` instead of a list. An error would be wrong for `SQL`, which is in a
    documented sample request but not on the documented list of types.
    """

    unknown_image_version: Literal["refuse", "null"] = "refuse"
    """The response to an unknown ChildImageVersionId.

    The default is an error, because DLC documents the error code
    ResourceNotFound.ImageVersionNotFound, and a typo should fail.
    """

    unknown_region: Literal["UnsupportedRegion", "InvalidParameterValue"] = "UnsupportedRegion"
    """The error code for a region where the product is unavailable.

    The real API has returned both codes. The default is the more specific one.
    """

    unknown_role: Literal["exists", "refuse"] = "exists"
    """Whether a role exists that was not added with `keys.add_role`.

    The default is `exists`, so that tests can use any role. The emulator does not support trust
    policies.
    """

    unknown_filter: Literal["refuse", "ignore"] = "refuse"
    """The response to an undocumented filter name.

    The default is an error, because TIONE documents the error code
    InvalidParameterValue.InvalidFilter.
    """

    empty_filters: Literal["refuse", "ignore"] = "refuse"
    """The response to `Filters: []`.

    The default is an error, because another product of the vendor rejects it.
    """

    max_limit: int = 200
    """The largest allowed Limit or PageSize.

    The default is the limit in the documented sample of DescribePlatformImages and in the vendor's
    toolkit. The documentation of other actions allows 50 to 1000.
    """

    zero_limit: Literal["default", "no rows"] = "default"
    """The meaning of `Limit: 0` or `PageSize: 0`.

    By default, 0 means the default page size, because the vendor's APIs usually do not distinguish
    0 from an unset number.
    """

    max_filters: int = 5
    """The maximum number of filters.

    The default is documented for DescribeBillingResourceGroups, an action of the same product.
    """

    max_filter_values: int = 100
    """The maximum number of values in a filter.

    The default is documented for DescribeBillingResourceGroups.
    """

    fuzzy_ignores_case: bool = True
    """Whether a fuzzy filter ignores case. The default is True, as for LIKE in most databases."""

    fuzzy_many_values: Literal["exact", "fuzzy"] = "exact"
    """The effect of `Fuzzy` in a filter with several values.

    The default `exact` ignores `Fuzzy`, because the documentation of other actions allows only one
    value in a fuzzy filter.
    """

    expired_key: Literal["AuthFailure.TokenFailure", "AuthFailure.SecretIdNotFound"] = (
        "AuthFailure.TokenFailure"
    )
    """The error code for an expired temporary key.

    The default is AuthFailure.TokenFailure, because it is the token that has expired.
    """

    unreadable_body: Literal["InvalidRequest", "InvalidParameter"] = "InvalidRequest"
    """The error code for a body that is not a JSON object. The code of the real API is unknown."""

    clock_window_s: int = 300
    """The maximum difference between a request's timestamp and the clock, in seconds.

    The vendor documents five minutes. Here they apply to past and future timestamps.
    """


# Further assumptions. They cannot be changed, because no client could depend on another behaviour:
# - The checks run in the order that `gateway` lists. So a request with a wrong signature does not
#   count against the rate limit.
# - A call without an Authorization header is treated as signature version 1 without a SecretId.
# - A null parameter counts as missing. SDKs never send null.
# - A total is the number of images that match the filters, on all pages together. An Offset or Page
#   beyond the end results in an empty list.
# - Images are the same in every TI project.
# - DescribePresetImageList uses the same default and maximum Limit as DescribePlatformImages.
#   ListImages has a default PageSize of 10, as in the sample of its documentation.
# - DescribePresetImageList supports the filters in the samples of its documentation.
#   DescribeBuildInImages supports a filter for the name, for the type and for each flag.
