"""The vendor's error codes and messages, in English and Chinese.

X-TC-Language selects the language, by default Chinese. Messages marked `seen` were captured from
the real gateway by others. We wrote the others in the same style.
"""

from __future__ import annotations

CHINESE = "zh-CN"
ENGLISH = "en-US"

_DENIED = (
    "[[request id:{request_id}]you are not authorized to perform operation ({operation})\n"
    "resource (qcs::{service}:{region}:uin/{account}:*) has no permission\n]"
)
_TEXTS = {  # code, or code/case: (English, Chinese)
    "AuthFailure.InvalidAuthorization": (
        "The `Authorization` header in the request is not valid.",
        "请求头部的 `Authorization` 不符合腾讯云标准。",
    ),
    "AuthFailure.SecretIdNotFound": (  # seen
        "The SecretId is not found, please ensure that your SecretId is correct.",
        "SecretId 不存在，请确认您的 SecretId 是否正确。",
    ),
    "AuthFailure.SignatureExpire": (  # seen
        "The signature is expired, please request again.",
        "签名已过期，请重新请求。",
    ),
    "AuthFailure.SignatureFailure": (  # seen in both languages
        "The provided credentials could not be validated. Please check your signature is correct.",
        "请求签名验证失败，请检查您的签名计算是否正确。",
    ),
    "AuthFailure.TokenFailure": (
        "The token is not valid, or it does not belong to the SecretId.",
        "Token 无效，或与 SecretId 不匹配。",
    ),
    "AuthFailure.UnauthorizedOperation": (  # seen in both languages
        "You are not authorized to perform this operation. Check your CAM policies, and ensure "
        f"that you are using the correct access keys. {_DENIED}",
        f"操作未授权，请检查CAM策略。{_DENIED}",
    ),
    "FailedOperation": ("The operation failed.", "操作失败。"),
    "InternalError": ("An internal error occurred.", "内部错误。"),
    "InvalidAction": (  # seen
        "The request `Action` is invalid or not found.",
        "请求的 `Action` 不正确或不存在。",
    ),
    "InvalidParameter": (  # seen in both languages
        "The value type of parameter `{name}` is not valid.",
        "参数 `{name}` 取值类型错误。参数类型应为 `{kind}`",
    ),
    "InvalidParameter/body": (
        "The request body is not a JSON object.",
        "请求体不是有效的 JSON 对象。",
    ),
    "InvalidParameter.ImageEngineTypeNotMatch": (
        "The engine type `{value}` does not match.",
        "引擎类型 `{value}` 不匹配。",
    ),
    "InvalidParameter.OverTimeError": (
        "The validity period is not valid.",
        "有效期不合法。",
    ),
    "InvalidParameter.ParamError": (
        "The parameter `{name}` is not valid.",
        "参数 `{name}` 不合法。",
    ),
    "InvalidParameter.ParameterNotFoundOrBeNone": (
        "The parameter `{name}` is not found or empty.",
        "参数 `{name}` 未找到或为空。",
    ),
    "InvalidParameter.WebIdentityTokenError": (
        "The web identity token is not valid.",
        "身份令牌校验失败。",
    ),
    "InvalidParameterValue": (  # seen
        "The value `{value}` specified in the parameter `{name}` is not valid.",
        "参数 `{name}` 的取值 `{value}` 不合法。",
    ),
    "InvalidParameterValue/region": (  # seen
        "A value specified in `Region` is not valid, is unsupported, or cannot be used.",
        "`Region` 的取值不合法、不支持或不可用。",
    ),
    "InvalidParameterValue.InvalidFilter": (
        "The filter `{name}` is not valid.",
        "过滤条件 `{name}` 不合法。",
    ),
    "InvalidParameterValue.PageLimitExceeded": (
        "The paging limit `{value}` exceeds the limit `{limit}`.",
        "分页大小 `{value}` 超过上限 `{limit}`。",
    ),
    "InvalidRequest": (
        "The request is not valid: {problem}.",
        "请求不合法：{problem}。",
    ),
    "MissingParameter": (  # seen
        "The request is missing a required parameter `{name}`.",
        "请求缺少必选参数 `{name}`。",
    ),
    "NoSuchVersion": (
        "The request `Version` is invalid or not found.",
        "请求的 `Version` 不正确或不存在。",
    ),
    "RequestLimitExceeded": (  # seen in both languages
        "Your current request times equals to `{count}` in a second, which exceeds the frequency "
        "limit `{limit}` for a second. Please reduce the frequency of calls.",
        "您当前每秒请求 `{count}` 次，超过了每秒频率上限 `{limit}`，请稍后重试。",
    ),
    "RequestSizeLimitExceeded": (
        "The request is larger than {limit} bytes.",
        "请求包大小超过 {limit} 字节的限制。",
    ),
    "ResourceNotFound.DataEngineNotFound": (
        "The data engine `{value}` is not found.",
        "数据引擎 `{value}` 不存在。",
    ),
    "ResourceNotFound.ImageVersionNotFound": (
        "The image version `{value}` is not found.",
        "镜像版本 `{value}` 不存在。",
    ),
    "ResourceNotFound.RoleNotFound": ("The role is not found.", "角色不存在。"),
    "UnauthorizedOperation": (
        "You are not authorized to assume this role.",
        "未授权扮演该角色。",
    ),
    "UnknownParameter": (  # seen in both languages
        "The parameter `{name}` is not recognized.",
        "未定义参数 {name}",
    ),
    "UnsupportedProtocol": (
        "The HTTP method, path or content type of the request is not supported.",
        "不支持该请求的 HTTP 方法、路径或 Content-Type。",
    ),
    "UnsupportedRegion": (  # seen
        "The action not support this region.",
        "接口不支持所传地域。",
    ),
}


class VendorError(Exception):
    """An error response: a vendor error code, and the values for its message."""

    def __init__(self, code: str, case: str = "", **values: object) -> None:
        super().__init__(code)
        self.code = code
        self._case = case
        self._values = values

    def message(self, language: str) -> str:
        """Return the message in the caller's language."""
        english, chinese = _TEXTS[f"{self.code}/{self._case}" if self._case else self.code]
        text = english if language == ENGLISH else chinese
        return text.format(**self._values)


class ScriptedError(VendorError):
    """An error response from a fault, with any code, and the fault's message or the usual one."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self._text = text

    def message(self, language: str) -> str:
        return self._text or find_text(self.code, language)


def find_text(code: str, language: str) -> str:
    """Return the message for a code, if the table contains one without placeholders."""
    english, chinese = _TEXTS.get(code, ("", ""))
    text = english if language == ENGLISH else chinese
    return text if text and "{" not in text else f"{code} (scripted)"
