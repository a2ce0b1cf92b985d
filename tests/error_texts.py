"""Errors of every class with their text in camelCase, and in kebab-case if it differs."""

from __future__ import annotations

from pulumi_tcimages.advice import Advice
from pulumi_tcimages.cloud.endpoints import Endpoint
from pulumi_tcimages.cloud.error_mapping import advise_throttled
from pulumi_tcimages.cloud.key_advice import OTHER_KEYS, PROFILE
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
    "https://tione.example.com",
    "tione.example.com",
    "environment TCIMAGES_ENDPOINT_TIONE",
)
TORCH = Criterion("components", '">=2.9"', "pytorch")
SETTINGS = ConfigurationError(
    "the role has no ARN, and the profile in `shared_credentials_dir` has none either.",
    key="assume_role.role_arn",
    source="configuration tcimages:assumeRole",
    allowed="qcs::cam::uin/ACCOUNT_ID:roleName/ROLE_NAME",
    searched=["configuration tcimages:assumeRole.roleArn", "profile default.credential"],
    fix="give the role's ARN, or leave the role out.",
)
QUERY = InvalidArgumentError(
    "this is no component; `framework_version` takes the version of the framework",
    argument="components.tensor_flow",
    value='"2.5"',
    allowed="cuda, pytorch and so on, as in `latest_by`",
    fix="write it as `framework_version`",
)
NO_MATCH = NoMatchError(
    arguments=[RANGE, CUDA, TORCH, Criterion("latest", "")],
    where=WHERE,
    listed_count=54,
    funnel=[(RANGE, 20), (CUDA, 5), (TORCH, 0)],
    nearest=[
        Miss("verl0.6.1-\x1b[31mtorch2.8", ((TORCH, "2.8\n"),)),
        Miss("light3.1.3-torch2.9", ((RANGE, "none"),)),
    ],
    hints=[
        Hint((Criterion("components", '">=2.8"', "pytorch"),), "leaves 1 image"),
        Hint((Criterion("components", "", "pytorch"),), "leaves 5 images"),
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
    differ=["device", "image_range", "components.cuda"],
    hints=[
        Hint((Criterion("device", '"cpu"'),), "tf2.4-py3.8-cpu"),
        Hint((RANGE, Criterion("components", '"==11.*"', "cuda")), "tf2.4-py3.8-cuda11.1-gpu"),
    ],
)
API_ERROR = ApiError(
    "InvalidParameterValue",
    "The value of\nFilters is wrong\x1b[31m",
    call=CALL,
    fix='correct `image_range`, for instance "Train"',
)
AUTH = AuthError(
    "AuthFailure.UnauthorizedOperation",
    "You are not authorized to perform this operation. Check your CAM policies, and ensure that "
    "you are using the correct access keys.",
    call=CALL,
    fix=Advice(f"ask for the CAM action tione:DescribePlatformImages, or {OTHER_KEYS}", PROFILE),
)
THROTTLED = ThrottledError(
    "RequestLimitExceeded",
    "Too many requests.",
    call=Call(
        service="dlc",
        action="DescribeSessionImageVersion",
        region="",
        endpoint="dlc.tencentcloudapi.com",
        attempts=36,
        elapsed_s=59.04,
    ),
    retried=True,
    fix=advise_throttled(per_second=15, timeout_s=60.0),
)
UNREACHED = CALL._replace(endpoint="tione.example.com", attempts=5, request_id="")
NETWORK = NetworkError(
    "the name tione.example.com does not resolve.",
    call=UNREACHED,
    fix=CONFIGURED.advise_unreached(None),
)
REPLY = InvalidResponseError(
    "the reply is not JSON, or is cut short.",
    call=UNREACHED._replace(attempts=3),
    came="HTTP 200, text/html, 6 bytes: <html>\n",
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
Problem  the role has no ARN, and the profile in sharedCredentialsDir has
         none either.
Key      tcimages:assumeRole.roleArn
From     configuration tcimages:assumeRole
Allowed  qcs::cam::uin/ACCOUNT_ID:roleName/ROLE_NAME
Looked   configuration tcimages:assumeRole.roleArn
         profile default.credential
Next     give the role's ARN, or leave the role out.""",
        """\
getPlatformImage: configuration error. [configuration]
Problem  the role has no ARN, and the profile in shared-credentials-dir has
         none either.
Key      tcimages:assumeRole.roleArn
From     configuration tcimages:assumeRole
Allowed  qcs::cam::uin/ACCOUNT_ID:roleName/ROLE_NAME
Looked   configuration tcimages:assumeRole.roleArn
         profile default.credential
Next     give the role's ARN, or leave the role out.""",
    ),
    (
        QUERY,
        """\
getPlatformImage: invalid argument. [invalid-argument]
Argument components.tensor_flow "2.5"
Problem  this is no component; frameworkVersion takes the version of the
         framework
Allowed  cuda, pytorch and so on, as in latestBy
Next     write it as frameworkVersion""",
        """\
getPlatformImage: invalid argument. [invalid-argument]
Argument components.tensor_flow "2.5"
Problem  this is no component; framework-version takes the version of the
         framework
Allowed  cuda, pytorch and so on, as in latest-by
Next     write it as framework-version""",
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
         light3.1.3-torch2.9
           imageRange: wanted "Train", this image has none
Next     try components.pytorch ">=2.8" (leaves 1 image)
         or leave out components.pytorch (leaves 5 images)
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
         light3.1.3-torch2.9
           image-range: wanted "Train", this image has none
Next     try components.pytorch ">=2.8" (leaves 1 image)
         or leave out components.pytorch (leaves 5 images)
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
Differ   device, imageRange, components.cuda
Next     add one of these:
           device "cpu"
             -> tf2.4-py3.8-cpu
           imageRange "Train"; components cuda "==11.*"
             -> tf2.4-py3.8-cuda11.1-gpu""",
        """\
getPlatformImage: 3 images tie for latest. [ambiguous]
Problem  all have the newest version: framework-version 2.4.
Asked    framework "tensorflow"; latest
Where    ap-guangzhou, tione.tencentcloudapi.com
Looked   54 images listed, 6 match, 3 share the newest version:
         tf2.4-py3.8-cpu  2.4           id 1
         tf2.4-py3.8-cuda11.1-gpu  2.4  id 2
         light3.1.3-tf2.4  2.4          id 3
Differ   device, image-range, components.cuda
Next     add one of these:
           device "cpu"
             -> tf2.4-py3.8-cpu
           image-range "Train"; components cuda "==11.*"
             -> tf2.4-py3.8-cuda11.1-gpu""",
    ),
    (
        API_ERROR,
        f"""\
getPlatformImage: Tencent Cloud refused the request. [api]
Code     InvalidParameterValue
Said     The value of Filters is wrong\\x1b[31m
{CALL_LINES.format(" (this code is not retried)")}
Next     correct imageRange, for instance "Train\"""",
        f"""\
getPlatformImage: Tencent Cloud refused the request. [api]
Code     InvalidParameterValue
Said     The value of Filters is wrong\\x1b[31m
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
Sent     36 attempts, 59.0 s
Next     run fewer programs of this account at once: the cloud accepts 20
         requests in a second for each action of an account, from all
         programs together, and this one sends at most 15
         (maxRequestsPerSecond). Or allow more time than the 60 s of
         timeoutSeconds:
           pulumi config set tcimages:timeoutSeconds 120""",
        None,
    ),
    (
        NETWORK,
        """\
getPlatformImage: Tencent Cloud could not be reached. [network]
Problem  the name tione.example.com does not resolve.
Where    tione DescribePlatformImages, ap-guangzhou, tione.example.com
Sent     5 attempts, 0.2 s
Keys     from environment TENCENTCLOUD_SECRET_ID
Next     check that tione.example.com, from environment
         TCIMAGES_ENDPOINT_TIONE, is right and that its server runs. To test
         the address, run:
           curl --head --noproxy '*' --max-time 10 https://tione.example.com
         To use the vendor's address instead, remove this setting; run:
           unset TCIMAGES_ENDPOINT_TIONE""",
        None,
    ),
    (
        REPLY,
        """\
getPlatformImage: unexpected response. [invalid-response]
Problem  the reply is not JSON, or is cut short.
Received HTTP 200, text/html, 6 bytes: <html>
Where    tione DescribePlatformImages, ap-guangzhou, tione.example.com
Sent     3 attempts, 0.2 s
Keys     from environment TENCENTCLOUD_SECRET_ID
Next     something other than the API answered, for instance a login page:
         check that tione.example.com, from environment
         TCIMAGES_ENDPOINT_TIONE, is the address of the API. To see the
         reply, which should be JSON, run:
           curl --include --noproxy '*' --max-time 10 https://tione.example.com
         To use the vendor's address instead, remove this setting; run:
           unset TCIMAGES_ENDPOINT_TIONE""",
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
