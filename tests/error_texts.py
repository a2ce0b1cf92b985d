"""An error of every class with its text, in camelCase and, where it differs, in kebab-case."""

from __future__ import annotations

from pulumi_tcimages.cloud.endpoints import Endpoint
from pulumi_tcimages.cloud.error_mapping import OTHER_KEYS, PROFILE
from pulumi_tcimages.diagnostics import Call, Candidate, Criterion, Hint, Listing, Miss, Where
from pulumi_tcimages.errors import (
    AmbiguousMatchError,
    ApiError,
    AuthError,
    CancelledError,
    ConfigurationError,
    InvalidArgumentError,
    InvalidResponseError,
    NetworkError,
    NoMatchError,
    ThrottledError,
)

WHERE = Where("ap-guangzhou", "tione.tencentcloudapi.com")
CALL = Call(
    service="tione",
    action="DescribePlatformImages",
    region="ap-guangzhou",
    endpoint="tione.tencentcloudapi.com",
    elapsed_s=0.24,
    request_id="8a3942be-0e3c-4efd-bf03-422e0410afa9",
    key_source="environment TENCENTCLOUD_SECRET_ID",
)
RANGE = Criterion("image_range", '"Train"')
CUDA = Criterion("components", '"==12.*"', "cuda")
CONFIGURED = Endpoint(
    "https://tione.tencentcloudapi.com",
    "tione.tencentcloudapi.com",
    "environment TCIMAGES_ENDPOINT_TIONE",
)
TORCH = Criterion("components", '">=2.9"', "pytorch")
SETTINGS = ConfigurationError(
    "no region is set; `shared_credentials_dir` has none either.",
    key="assume_role.role_arn",
    source="environment TENCENTCLOUD_REGION",
    allowed="ap-guangzhou and so on",
    searched=["tcimages:region", "environment TENCENTCLOUD_REGION"],
    fix="pulumi config set tcimages:region ap-guangzhou",
)
QUERY = InvalidArgumentError(
    "`latest_by` implies `latest`, which is false here",
    argument="framework_version.x_y",
    value='"2.5"',
    allowed="`framework_version` and components",
    fix="leave `latest_by` out",
)
NO_MATCH = NoMatchError(
    arguments=[RANGE, CUDA, TORCH, Criterion("latest", "")],
    where=WHERE,
    listed_count=54,
    funnel=[(RANGE, 20), (CUDA, 5), (TORCH, 0)],
    nearest=[Miss("verl0.6.1-\x1b[31mtorch2.8", ((TORCH, "2.8\n"), (RANGE, "none")))],
    hints=[
        Hint((Criterion("components", '">=2.8"', "pytorch"),), "leaves 1 image"),
        Hint((Criterion("image_range", ""),), "leaves 2 images"),
    ],
    listing=Listing("platform-images", "ap-guangzhou", criteria=(RANGE,)),
)
AMBIGUOUS = AmbiguousMatchError(
    "all have the newest version: `framework_version` 2.4.",
    is_tie=True,
    arguments=[Criterion("framework", '"tensorflow"'), Criterion("latest", "")],
    where=WHERE,
    listed_count=54,
    matched=6,
    candidates=[
        Candidate("1", "tf2.4-py3.8-cpu", "2.4"),
        Candidate("2", "tf2.4-py3.8-cuda11.1-gpu", "2.4"),
        Candidate("3", "light3.1.3-tf2.4\n", "2.4"),
    ],
    differ=["device", "framework_version", "components.cuda"],
    hints=[
        Hint((Criterion("device", '"cpu"'),), "tf2.4-py3.8-cpu"),
        Hint((Criterion("image_range", '"Train"'), CUDA), "tf2.4"),
    ],
)
REFUSED = ApiError(
    "FailedOperation.Other",
    "It\nfailed\x1b[31m",
    call=CALL,
    fix='correct `image_range`, for instance "Train"',
)
AUTH = AuthError(
    "AuthFailure.UnauthorizedOperation",
    "You are not authorized to perform this operation. Check your CAM policies, and ensure that "
    "you are using the correct access keys.",
    call=CALL,
    fix=f"ask for the CAM action tione:DescribePlatformImages, or {OTHER_KEYS}",
    settings=PROFILE,
)
THROTTLED = ThrottledError(
    "RequestLimitExceeded",
    "Too many requests.",
    call=Call(
        service="dlc",
        action="DescribeSessionImageVersion",
        region="",
        endpoint="dlc.tencentcloudapi.com",
        attempts=7,
        elapsed_s=60.04,
    ),
    retried=True,
    fix="send fewer requests in a second, or allow more time:",
    settings=(("maxRequestsPerSecond", "7"), ("timeoutSeconds", "120")),
)
NETWORK = NetworkError(
    "the name tione.tencentcloudapi.com is not known.",
    call=CALL,
    fix=CONFIGURED.advise_unreached(None),
)
REPLY = InvalidResponseError(
    "the reply is not JSON, or is cut short.",
    call=CALL,
    came="200 text/html: <html>\n",
    fix=CONFIGURED.advise_wrong_reply(None),
)
CALL_LINES = """\
Where    tione DescribePlatformImages, ap-guangzhou,
         tione.tencentcloudapi.com
Sent     1 attempt, 0.2 s{}
Keys     from environment TENCENTCLOUD_SECRET_ID
Request  8a3942be-0e3c-4efd-bf03-422e0410afa9"""
TEXTS = [
    (
        SETTINGS,
        """\
getPlatformImage: configuration error. [configuration]
Problem  no region is set; sharedCredentialsDir has none either.
Key      tcimages:assumeRole.roleArn
From     environment TENCENTCLOUD_REGION
Allowed  ap-guangzhou and so on
Looked   tcimages:region
         environment TENCENTCLOUD_REGION
Next     pulumi config set tcimages:region ap-guangzhou""",
        """\
getPlatformImage: configuration error. [configuration]
Problem  no region is set; shared-credentials-dir has none either.
Key      tcimages:assumeRole.roleArn
From     environment TENCENTCLOUD_REGION
Allowed  ap-guangzhou and so on
Looked   tcimages:region
         environment TENCENTCLOUD_REGION
Next     pulumi config set tcimages:region ap-guangzhou""",
    ),
    (
        QUERY,
        """\
getPlatformImage: invalid argument. [invalid-argument]
Argument frameworkVersion.x_y "2.5"
Problem  latestBy implies latest, which is false here
Allowed  frameworkVersion and components
Next     leave latestBy out""",
        """\
getPlatformImage: invalid argument. [invalid-argument]
Argument framework-version.x_y "2.5"
Problem  latest-by implies latest, which is false here
Allowed  framework-version and components
Next     leave latest-by out""",
    ),
    (
        NO_MATCH,
        """\
getPlatformImage: no image matches. [no-match]
Asked    imageRange "Train"; components cuda "==12.*", pytorch ">=2.9";
         latest
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   54 images listed
         20 left by imageRange
          5 left by components.cuda
          0 left by components.pytorch
Nearest  verl0.6.1-\\x1b[31mtorch2.8
           components.pytorch: wanted ">=2.9", found 2.8
           imageRange: wanted "Train", this image has none
Next     try components.pytorch ">=2.8" (leaves 1 image)
         or leave out imageRange (leaves 2 images)
         or see the list:
           tcimages platform-images --region ap-guangzhou --image-range Train""",
        """\
getPlatformImage: no image matches. [no-match]
Asked    image-range "Train"; components cuda "==12.*", pytorch ">=2.9";
         latest
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   54 images listed
         20 left by image-range
          5 left by components.cuda
          0 left by components.pytorch
Nearest  verl0.6.1-\\x1b[31mtorch2.8
           components.pytorch: wanted ">=2.9", found 2.8
           image-range: wanted "Train", this image has none
Next     try components.pytorch ">=2.8" (leaves 1 image)
         or leave out image-range (leaves 2 images)
         or see the list:
           tcimages platform-images --region ap-guangzhou --image-range Train""",
    ),
    (
        AMBIGUOUS,
        """\
getPlatformImage: 3 images tie for latest. [ambiguous]
Problem  all have the newest version: frameworkVersion 2.4.
Asked    framework "tensorflow"; latest
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   54 images listed, 6 match, 3 share the newest version:
         tf2.4-py3.8-cpu  2.4           id 1
         tf2.4-py3.8-cuda11.1-gpu  2.4  id 2
         light3.1.3-tf2.4  2.4          id 3
Differ   device, frameworkVersion, components.cuda
Next     add one of these:
           device "cpu"                                  -> tf2.4-py3.8-cpu
           imageRange "Train"; components cuda "==12.*"  -> tf2.4""",
        """\
getPlatformImage: 3 images tie for latest. [ambiguous]
Problem  all have the newest version: framework-version 2.4.
Asked    framework "tensorflow"; latest
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   54 images listed, 6 match, 3 share the newest version:
         tf2.4-py3.8-cpu  2.4           id 1
         tf2.4-py3.8-cuda11.1-gpu  2.4  id 2
         light3.1.3-tf2.4  2.4          id 3
Differ   device, framework-version, components.cuda
Next     add one of these:
           device "cpu"                                   -> tf2.4-py3.8-cpu
           image-range "Train"; components cuda "==12.*"  -> tf2.4""",
    ),
    (
        REFUSED,
        f"""\
getPlatformImage: Tencent Cloud refused the request. [api]
Code     FailedOperation.Other
Said     It failed\\x1b[31m
{CALL_LINES.format(" (this code is not retried)")}
Next     correct imageRange, for instance "Train\"""",
        f"""\
getPlatformImage: Tencent Cloud refused the request. [api]
Code     FailedOperation.Other
Said     It failed\\x1b[31m
{CALL_LINES.format(" (this code is not retried)")}
Next     correct image-range, for instance "Train\"""",
    ),
    (
        AUTH,
        f"""\
getPlatformImage: Tencent Cloud refused the request. [auth]
Code     AuthFailure.UnauthorizedOperation
Said     You are not authorized to perform this operation. Check your CAM
         policies, and ensure that you are using the correct access keys.
{CALL_LINES.format(" (this code is not retried)")}
Next     ask for the CAM action tione:DescribePlatformImages, or use other
         keys, for example those of a profile of tccli:
           pulumi config set tcimages:profile PROFILE""",
        None,
    ),
    (
        THROTTLED,
        """\
getPlatformImage: too many requests. [throttled]
Code     RequestLimitExceeded
Said     Too many requests.
Where    dlc DescribeSessionImageVersion, dlc.tencentcloudapi.com
Sent     7 attempts, 60.0 s
Next     send fewer requests in a second, or allow more time:
           pulumi config set tcimages:maxRequestsPerSecond 7
           pulumi config set tcimages:timeoutSeconds 120""",
        None,
    ),
    (
        NETWORK,
        f"""\
getPlatformImage: Tencent Cloud could not be reached. [network]
Problem  the name tione.tencentcloudapi.com is not known.
{CALL_LINES.format("")}
Next     check that the address, from environment TCIMAGES_ENDPOINT_TIONE,
         is right and up; then the network.""",
        None,
    ),
    (
        REPLY,
        f"""\
getPlatformImage: unexpected response. [invalid-response]
Problem  the reply is not JSON, or is cut short.
Received 200 text/html: <html>
{CALL_LINES.format("")}
Next     something else may have answered in its place: check the endpoint
         tione.tencentcloudapi.com, from environment
         TCIMAGES_ENDPOINT_TIONE; no proxy is in use.""",
        None,
    ),
    (
        CancelledError(),
        """\
getPlatformImage: the lookup was cancelled. [cancelled]
Next     run the command again.""",
        None,
    ),
]
