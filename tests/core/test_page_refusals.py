"""Errors for a page of a listing: the page is too large, or lies after the last row."""

from __future__ import annotations

import time

import pytest

from pulumi_tcimages.core import page_refusals
from tests.timeouts import PATIENCE_S


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ResponseSizeLimitExceeded", ""),
        ("ResponseSizeLimitExceeded.TooManyRows", ""),
        ("PageLimitExceeded", ""),
        ("InvalidParameterValue.PageLimitExceeded", ""),
        ("InvalidParameterValue.PageSizeExceeded", ""),
        ("InvalidParameterValue.LimitExceeded", ""),
        ("InvalidParameterValue.LimitExceeded", "paging limit exceeds the limit"),
        ("InvalidParameter.Limit", ""),
        ("InvalidParameter.InvalidLimit", ""),
        ("InvalidParameter", "The value type of parameter `Limit` is not valid."),
        ("InvalidParameterValue", "The value `100` specified in the parameter `Limit` is invalid."),
        ("InvalidParameterValue", "参数 `Limit` 取值错误"),
        ("InvalidParameterValue", "参数Limit取值超过上限"),
        ("InvalidParameterValue.TooLarge", "limit must be between 1 and 50"),
        ("InvalidParameterValue.OutOfRange", "Limit exceeds 50"),
        ("InvalidParameterValue", "page size is at most 50"),
        ("InvalidParameterValue", "Page size is at most 50"),
        ("InvalidParameterValue", "pageSize is at most 50"),
        ("InvalidParameterValue", "page_size is at most 50"),
        ("InvalidParameterValue", "at most 50 rows per page"),
        ("InvalidParameterValue", "limit out of range"),
        ("InvalidParameterValue", "the limit cannot exceed 50"),
        ("InvalidParameterValue", "limit is greater than 50"),
        ("InvalidParameterValue", "invalid limit"),
        ("InvalidParameterValue", "分页限制超过上限"),
        ("InvalidParameterValue", "分页大小超过限制"),
        ("InvalidParameterValue", "每页最多50条"),
        ("InvalidParameterValue", "单页数量超过上限"),
        ("InvalidParameterValue", "参数limit不能超过50"),
        ("InvalidParameterValue", "参数名称 Limit 取值错误"),
        ("InvalidParameterValue", "limit超过上限"),
        ("InvalidParameterValue", "limit 超过上限"),
        ("InvalidParameterValue.PageLimitExceeded", "分页限制超过上限"),
        ("InvalidLimit", ""),
        ("InvalidLimit.TooLarge", ""),
        ("UnsupportedOperation", "limit too large"),
        ("UnsupportedOperation", "The limit is too large."),
        ("UnsupportedOperation.LimitTooLarge", "limit too large"),
        ("UnsupportedOperation", "分页限制超过上限"),
        ("OperationDenied", "Limit too large"),
        ("FailedOperation", "limit too large"),
        ("LimitExceeded", "limit too large"),
        ("LimitExceeded", "分页限制超过上限"),
    ],
)
def test_page_size_error_is_recognized(code, message):
    assert page_refusals.is_page_too_large(code, message)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("LimitExceeded", "the quota of images is used up"),
        ("LimitExceeded.Images", "Limit"),
        ("LimitExceeded.RateLimitExceeded", ""),
        ("RequestLimitExceeded", "which exceeds the frequency limit `20` for a second"),
        ("RequestSizeLimitExceeded", ""),
        ("InvalidParameterValue.ParamLengthExceedLimit", "the length exceeds the limit"),
        ("InvalidParameterValue.LimitExceeded", "the number of `Filters` exceeds the limit"),
        ("InvalidParameterValue", "the number of values exceeds the limit of 100"),
        ("InvalidParameterValue", "Offset"),
        ("InvalidParameterValue", "offset exceeds the limit"),
        ("InvalidParameterValue", "分页偏移量超过上限"),
        ("InvalidParameterValue", "过滤条件数量超过上限"),
        ("InvalidParameterValue", "名称长度超过limit"),
        ("InvalidParameterValue", "the limit of images is reached"),
        ("UnsupportedOperation", ""),
        ("UnsupportedOperation", "the instance is limited"),
        ("UnsupportedOperation", "offset too large"),
        ("FailedOperation", "the operation exceeds the limit"),
        ("LimitExceeded", "镜像数量超过上限"),
        ("InternalError", "limit too large"),
        ("InvalidParameterValue.InvalidFilter", ""),
        ("InvalidParameter", ""),
        ("UnauthorizedOperation", "Limit"),
        ("", ""),
    ],
)
def test_other_error_does_not_reduce_the_page_size(code, message):
    assert not page_refusals.is_page_too_large(code, message)


@pytest.mark.parametrize(
    "code",
    [
        "PageSize." * 14_000 + "\n",
        "PageLimit" * 14_000 + "!",
        "Invalid" * 18_000 + ".",
        "." * 128_000,
    ],
    ids=lambda code: code[:9],
)
def test_hostile_code_is_matched_quickly(code):
    started = time.perf_counter()
    for _ in range(20):
        page_refusals.is_page_too_large(code, "")
        page_refusals.is_offset_refused(code)

    assert time.perf_counter() - started < PATIENCE_S


@pytest.mark.parametrize("text", ["limit ", "limit`", "page ", "Limit.", "分 页", "paging_"])
def test_hostile_message_is_matched_quickly(text):
    started = time.perf_counter()
    for _ in range(20):
        page_refusals.is_page_too_large("InvalidParameter", text * (128_000 // len(text)))

    assert time.perf_counter() - started < PATIENCE_S
