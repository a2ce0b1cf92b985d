"""Decide whether a page request was rejected because it is too large or is past the last row.

This module is separate from `core.retry`, because few listings need it and compiling its patterns
takes time.
"""

from __future__ import annotations

import re

from pulumi_tcimages.core.retry import Cause, choose_remedy

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
    """Return whether an error means that a request for a smaller page may succeed.

    Some error codes say so. With a general code, the message must mention the limit or the page
    size, in English or Chinese. `LimitExceeded` (a quota) is such a general code.
    `RequestLimitExceeded` (the rate limit) never has this meaning.
    """
    if any(map(_PAGE_CODE_PART.fullmatch, code.split("."))):
        return True
    if _NAMES_ANOTHER.search(message):
        return False
    names_limit = _CODES_OF_PAGES.fullmatch(code) and _NAMES_LIMIT.search(message)
    return bool(names_limit or _LIMIT_CODES.fullmatch(code))


def is_offset_refused(code: str) -> bool:
    """Return whether an error can mean that the offset is past the last row.

    Errors about keys, permissions, rate limits or outages cannot mean this. The code
    `FailedOperation` can mean it, although such a request is also retried once.
    """
    is_final = choose_remedy(code).cause is Cause.FINAL or code == "FailedOperation"
    return is_final and _OFFSET_CODES.fullmatch(code) is not None
