"""Invalid argument values, each with the expected error."""

from __future__ import annotations

from typing import Any


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


NUMBER = "put the value in quotes (without them, YAML reads 2.10 as 2.1)"
BOOLEAN = "write true or false, without quotes"
A_STRING = 'write a string, for instance "VALUE"'
A_LIST = 'write a list, for instance ["VALUE"]'
A_MAP = 'write a map, for instance {"NAME": "VALUE"}'
AN_OBJECT = 'write an object, for instance {"name": "ImageName", "values": ["vllm"]}'
SINGLE = "give a single string"
EMPTY = ("an empty list or map asks nothing", "leave the argument out, or say what is wanted")
INVALID_VALUES = [
    # argument values; then the argument, value, problem and fix of the error
    (
        {"framework_version": 2.1},
        "framework_version",
        "2.1",
        "expected a string, got a number",
        NUMBER,
    ),
    ({"image_id": 7}, "image_id", "7", "expected a string, got a number", NUMBER),
    ({"image_id": True}, "image_id", "true", "expected a string, got a boolean", A_STRING),
    ({"image_id": float("nan")}, "image_id", "NaN", "expected a string, got a number", NUMBER),
    ({"gpu": float("inf")}, "gpu", "Infinity", "expected a string, got a number", NUMBER),
    ({"gpu": 10**5000}, "gpu", "(a number)", "expected a string, got a number", NUMBER),
    ({"gpu": ["A10"]}, "gpu", '["A10"]', "expected a string, got a list", 'write "A10"'),
    ({"gpu": ["A10", "A30"]}, "gpu", '["A10", "A30"]', "expected a string, got a list", SINGLE),
    ({"gpu": {"a": 1}}, "gpu", '{"a": 1}', "expected a string, got a map", A_STRING),
    ({"gpu": b"A10"}, "gpu", "(a bytes)", "expected a string, got a bytes", A_STRING),
    ({"gpu": nested(100_000)}, "gpu", "[" * 60 + "...", "expected a string, got a list", SINGLE),
    (
        {"gpu": ["\ud800\x1b"]},
        "gpu",
        r'["\ud800\u001b"]',
        "expected a string, got a list",
        SINGLE,
    ),
    ({"latest": "true"}, "latest", '"true"', "expected true or false, got a string", BOOLEAN),
    ({"latest": 1}, "latest", "1", "expected true or false, got a number", BOOLEAN),
    ({"latest": [1]}, "latest", "[1]", "expected true or false, got a list", BOOLEAN),
    (
        {"support_data_pipeline": "yes"},
        "support_data_pipeline",
        '"yes"',
        "expected true or false, got a string",
        BOOLEAN,
    ),
    (
        {"latest_by": "cuda"},
        "latest_by",
        '"cuda"',
        "expected a list, got a string",
        'write ["cuda"]',
    ),
    ({"latest_by": ""}, "latest_by", '""', "expected a list, got a string", A_LIST),
    ({"latest_by": {"a": 1}}, "latest_by", '{"a": 1}', "expected a list, got a map", A_LIST),
    ({"latest_by": ("cuda",)}, "latest_by", '["cuda"]', "expected a list, got a tuple", A_LIST),
    ({"components": 12}, "components", "12", "expected a map, got a number", A_MAP),
    (
        {"components": ["cuda"]},
        "components",
        '["cuda"]',
        "expected a map, got a list",
        'write {"cuda": "*"}',
    ),
    (
        {"components": "cuda >=12,<13"},
        "components",
        '"cuda >=12,<13"',
        "expected a map, got a string",
        'write {"cuda": ">=12,<13"}',
    ),
    ({"components": "a b"}, "components", '"a b"', "expected a map, got a string", A_MAP),
    (
        {"attributes": "DDP"},
        "attributes",
        '"DDP"',
        "expected a map, got a string",
        'write {"NAME": "DDP"}',
    ),
    (
        {"components": {"cuda": 12}},
        "components.cuda",
        "12",
        "expected a string, got a number",
        NUMBER,
    ),
    (
        {"components": {"cuda": None}},
        "components.cuda",
        "null",
        "expected a string, got null",
        A_STRING,
    ),
    (
        {"components": {1: ">=2"}},
        "components[1]",
        "1",
        "expected a string, got a number",
        NUMBER,
    ),
    ({"filters": [5]}, "filters[0]", "5", "expected an object, got a number", AN_OBJECT),
    ({"filters": ["x"]}, "filters[0]", '"x"', "expected an object, got a string", AN_OBJECT),
    (
        {"filters": [{"name": "ImageId", "values": "x"}]},
        "filters[0].values",
        '"x"',
        "expected a list, got a string",
        'write ["x"]',
    ),
    (
        {"filters": {"name": "ImageId", "values": ["x"]}},
        "filters",
        '{"name": "ImageId", "values": ["x"]}',
        "expected a list, got a map",
        'write [{"name": "ImageId", "values": ["x"]}]',
    ),
    ({"filters": "x"}, "filters", '"x"', "expected a list, got a string", A_LIST),
    (
        {"latest_by": "x" * 70},
        "latest_by",
        f'"{"x" * 60}... (70 characters)"',
        "expected a list, got a string",
        A_LIST,
    ),
    (
        {"filters": [{"name": "ImageId", "values": ["x", 1]}]},
        "filters[0].values[1]",
        "1",
        "expected a string, got a number",
        NUMBER,
    ),
    (
        {"filters": [{"values": ["x"]}]},
        "filters[0].name",
        "",
        "this argument is required",
        "give the name of the filter: ImageId, ImageName, SupportDataPipeline, AllowSaveAllContent "
        "or ImageRange",
    ),
    (
        {"filters": [{"name": "ImageId", "values": ["x"]}, {"name": "ImageRange"}]},
        "filters[1].values",
        "",
        "this argument is required",
        'give the values, one of which must match, with booleans as strings such as "true"',
    ),
    (
        {"filters": [{"Name": "a", "values": ["x"]}]},
        "filters[0]",
        '{"Name": "a", "values": ["x"]}',
        'a filter has no "Name"',
        'did you mean "name"?',
    ),
    (
        {"filters": [{"name": "a", "values": ["x"], 7: 1}]},
        "filters[0]",
        '{"name": "a", "values": ["x"], "7": 1}',
        'a filter has no "7"',
        'leave out "7"',
    ),
    (
        {"filters": [{"a": "x"}]},
        "filters[0]",
        '{"a": "x"}',
        'a filter has no "a"',
        'write a name and values, for instance {"name": "ImageName", "values": ["vllm"]}',
    ),
    ({"filters": []}, "filters", "[]", *EMPTY),
    ({"filters": [{"name": "ImageId", "values": []}]}, "filters[0].values", "[]", *EMPTY),
    ({"latest_by": []}, "latest_by", "[]", *EMPTY),
    ({"components": {}}, "components", "{}", *EMPTY),
    ({"attributes": {}}, "attributes", "{}", *EMPTY),
    (
        {"framework": ""},
        "framework",
        '""',
        "an empty string matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"framework": " "},
        "framework",
        '" "',
        "an empty string matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"attributes": {"": "x"}},
        "attributes.",
        '""',
        "an empty string matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"latest_by": [""]},
        "latest_by[0]",
        '""',
        "an empty string matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"gpu": "A10\n"},
        "gpu",
        r'"A10\n"',
        "only characters that can be printed are sent, and plain spaces",
        "remove the other characters",
    ),
    (
        {"gpu": "\ud800"},
        "gpu",
        r'"\ud800"',
        "only characters that can be printed are sent, and plain spaces",
        "remove the other characters",
    ),
    (
        {"gpu": "A\xa010"},
        "gpu",
        r'"A\xa010"',
        "only characters that can be printed are sent, and plain spaces",
        "remove the other characters",
    ),
    (
        {"gpu": "x" * 10_000_000},
        "gpu",
        f'"{"x" * 60}... (10000000 characters)"',
        "a string has at most 256 characters, this one has 10000000",
        "shorten the value",
    ),
    (
        {"attributes": {"k" * 300: "x"}},
        f"attributes.{'k' * 60}...",
        f'"{"k" * 60}... (300 characters)"',
        "a string has at most 256 characters, this one has 300",
        "shorten the value",
    ),
    (
        {"framework_version": ">=" + "9" * 200},
        "framework_version",
        f'">={"9" * 58}... (202 characters)"',
        "a version range has at most 64 characters, this one has 202",
        "shorten the range",
    ),
    (
        {"framework_version": ">=" + "9" * 5000},
        "framework_version",
        f'">={"9" * 58}... (5002 characters)"',
        "a string has at most 256 characters, this one has 5002",
        "shorten the value",
    ),
    (
        {"name_regex": "("},
        "name_regex",
        '"("',
        "this regular expression does not compile: unclosed group at character 1",
        'write "\\(" to find exactly this text',
    ),
]
