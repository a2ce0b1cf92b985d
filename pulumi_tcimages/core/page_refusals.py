"""Detect requests for a page that fail because the page is too large or past the last row.

This module is separate from `core.retry`, because its patterns take time to compile and are rarely
needed.
"""

from __future__ import annotations

import re

from pulumi_tcimages.core.retry import Cause, choose_retry_policy

_PAGE_CODE_PART = re.compile(r"ResponseSizeLimitExceeded|Page(Size|Limit)\w*")
_OFFSET_CODES = re.compile(
    r"(Invalid(Parameter(Value)?|Request|Offset|Page\w*)|OutOfRange|(Resource)?NotFound|LimitExceeded"
    r"|FailedOperation|UnsupportedOperation|OperationDenied|PageLimitExceeded)(\..*)?"
)
_LIMIT_CODES = re.compile(r"(Invalid\w*\.(Invalid)?|Invalid)Limit\w*(\..*)?")
_CODES_OF_PAGES = re.compile(
    r"(Invalid(Parameter(Value)?|Request)|OutOfRange|FailedOperation|UnsupportedOperation"
    r"|OperationDenied)(\..*)?|LimitExceeded"
)
_NAMES_LIMIT = re.compile(
    r"(?<![A-Za-z.])(Limit|PageSize)(?![A-Za-z])"
    r"|\b[Ll]imit[`'\"]? (is )?(too|out of|greater|larger|higher|more|over|not valid|invalid)\b"
    r"|\blimit[`'\"]? (must|should|can|cannot|may|exceeds)\b|\binvalid limit\b"
    r"|(?<![A-Za-z])limit[`'\"]? ?(?=[\u4e00-\u9fff])"
    r"|(?i:\bpag(e|ing|ination)[ _-]?(size|limit)\b|\bper page\b)"
    r"|分页|每页|单页|页面?大小"
)
_NAMES_ANOTHER = re.compile(r"Filter|Values|Name|Project|Offset|offset|偏移|过滤")


def is_page_too_large(code: str, message: str) -> bool:
    """Return whether an API error means that the page is too large.

    Some error codes say so. With a general code, such as `LimitExceeded` (a quota), the message
    must mention the page size, in English or Chinese. The rate limit's code `RequestLimitExceeded`
    never means this.
    """
    if any(map(_PAGE_CODE_PART.fullmatch, code.split("."))):
        return True
    if _NAMES_ANOTHER.search(message):
        return False
    names_limit = _CODES_OF_PAGES.fullmatch(code) and _NAMES_LIMIT.search(message)
    return bool(names_limit or _LIMIT_CODES.fullmatch(code))


def is_offset_refused(code: str) -> bool:
    """Return whether an API error can mean that the offset is past the last row.

    Errors about keys, permissions, rate limits or outages never mean this. The code
    `FailedOperation` may mean this or a temporary failure.
    """
    is_final = choose_retry_policy(code).cause is Cause.FINAL or code == "FailedOperation"
    return is_final and _OFFSET_CODES.fullmatch(code) is not None
