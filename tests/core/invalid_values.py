"""Values that cannot be right, each with what is told of it."""

from __future__ import annotations

from typing import Any


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


NUMBER = "put the value in quotes (without them, YAML reads 2.10 as 2.1)"
BOOLEAN = "write true or false, without quotes"
SINGLE = "give a single text"
EMPTY = ("an empty list or map asks nothing", "leave the argument out, or say what is wanted")
WRONG = [
    # what is asked; then what is told: argument, value, problem, fix
    (
        {"framework_version": 2.1},
        "framework_version",
        "2.1",
        "a text is wanted, this is a number",
        NUMBER,
    ),
    ({"image_id": 7}, "image_id", "7", "a text is wanted, this is a number", NUMBER),
    ({"image_id": True}, "image_id", "true", "a text is wanted, this is a boolean", ""),
    ({"image_id": float("nan")}, "image_id", "NaN", "a text is wanted, this is a number", NUMBER),
    ({"gpu": float("inf")}, "gpu", "Infinity", "a text is wanted, this is a number", NUMBER),
    ({"gpu": 10**5000}, "gpu", "(a number)", "a text is wanted, this is a number", NUMBER),
    ({"gpu": ["A10"]}, "gpu", '["A10"]', "a text is wanted, this is a list", 'write "A10"'),
    ({"gpu": ["A10", "A30"]}, "gpu", '["A10", "A30"]', "a text is wanted, this is a list", SINGLE),
    ({"gpu": {"a": 1}}, "gpu", '{"a": 1}', "a text is wanted, this is a map", ""),
    ({"gpu": b"A10"}, "gpu", "(a bytes)", "a text is wanted, this is a bytes", ""),
    ({"gpu": nested(100_000)}, "gpu", "[" * 60 + "...", "a text is wanted, this is a list", SINGLE),
    (
        {"gpu": ["\ud800\x1b"]},
        "gpu",
        r'["\ud800\u001b"]',
        "a text is wanted, this is a list",
        SINGLE,
    ),
    ({"latest": "true"}, "latest", '"true"', "true or false is wanted, this is a text", BOOLEAN),
    ({"latest": 1}, "latest", "1", "true or false is wanted, this is a number", BOOLEAN),
    ({"latest": [1]}, "latest", "[1]", "true or false is wanted, this is a list", ""),
    (
        {"support_data_pipeline": "yes"},
        "support_data_pipeline",
        '"yes"',
        "true or false is wanted, this is a text",
        BOOLEAN,
    ),
    (
        {"latest_by": "cuda"},
        "latest_by",
        '"cuda"',
        "a list is wanted, this is a text",
        'write ["cuda"]',
    ),
    ({"latest_by": ""}, "latest_by", '""', "a list is wanted, this is a text", ""),
    ({"latest_by": {"a": 1}}, "latest_by", '{"a": 1}', "a list is wanted, this is a map", ""),
    ({"latest_by": ("cuda",)}, "latest_by", '["cuda"]', "a list is wanted, this is a tuple", ""),
    ({"components": 12}, "components", "12", "a map is wanted, this is a number", ""),
    (
        {"components": ["cuda"]},
        "components",
        '["cuda"]',
        "a map is wanted, this is a list",
        'write {"cuda": "*"}',
    ),
    (
        {"components": "cuda >=12,<13"},
        "components",
        '"cuda >=12,<13"',
        "a map is wanted, this is a text",
        'write {"cuda": ">=12,<13"}',
    ),
    ({"components": "a b"}, "components", '"a b"', "a map is wanted, this is a text", ""),
    (
        {"attributes": "DDP"},
        "attributes",
        '"DDP"',
        "a map is wanted, this is a text",
        'write {"NAME": "DDP"}',
    ),
    (
        {"components": {"cuda": 12}},
        "components.cuda",
        "12",
        "a text is wanted, this is a number",
        NUMBER,
    ),
    (
        {"components": {"cuda": None}},
        "components.cuda",
        "null",
        "a text is wanted, this is null",
        "",
    ),
    (
        {"components": {1: ">=2"}},
        "components[1]",
        "1",
        "a text is wanted, this is a number",
        NUMBER,
    ),
    ({"filters": [5]}, "filters[0]", "5", "an object is wanted, this is a number", ""),
    ({"filters": ["x"]}, "filters[0]", '"x"', "an object is wanted, this is a text", ""),
    (
        {"filters": [{"name": "ImageId", "values": "x"}]},
        "filters[0].values",
        '"x"',
        "a list is wanted, this is a text",
        'write ["x"]',
    ),
    (
        {"filters": {"name": "ImageId", "values": ["x"]}},
        "filters",
        '{"name": "ImageId", "values": ["x"]}',
        "a list is wanted, this is a map",
        'write [{"name": "ImageId", "values": ["x"]}]',
    ),
    ({"filters": "x"}, "filters", '"x"', "a list is wanted, this is a text", ""),
    (
        {"latest_by": "x" * 70},
        "latest_by",
        f'"{"x" * 60}... (70 characters)"',
        "a list is wanted, this is a text",
        "",
    ),
    (
        {"filters": [{"name": "ImageId", "values": ["x", 1]}]},
        "filters[0].values[1]",
        "1",
        "a text is wanted, this is a number",
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
        'give the values, any of which matches; booleans as "true"',
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
        "",
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
        "an empty text matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"framework": " "},
        "framework",
        '" "',
        "an empty text matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"attributes": {"": "x"}},
        "attributes.",
        '""',
        "an empty text matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"latest_by": [""]},
        "latest_by[0]",
        '""',
        "an empty text matches nothing",
        "say what is wanted, or leave the argument out",
    ),
    (
        {"gpu": "A10\n"},
        "gpu",
        r'"A10\n"',
        "only characters that can be printed are sent, and plain spaces",
        "",
    ),
    (
        {"gpu": "\ud800"},
        "gpu",
        r'"\ud800"',
        "only characters that can be printed are sent, and plain spaces",
        "",
    ),
    (
        {"gpu": "A\xa010"},
        "gpu",
        r'"A\xa010"',
        "only characters that can be printed are sent, and plain spaces",
        "",
    ),
    (
        {"gpu": "x" * 10_000_000},
        "gpu",
        f'"{"x" * 60}... (10000000 characters)"',
        "a text has at most 256 characters, this one 10000000",
        "",
    ),
    (
        {"attributes": {"k" * 300: "x"}},
        f"attributes.{'k' * 60}...",
        f'"{"k" * 60}... (300 characters)"',
        "a text has at most 256 characters, this one 300",
        "",
    ),
    (
        {"framework_version": ">=" + "9" * 200},
        "framework_version",
        f'">={"9" * 58}... (202 characters)"',
        "a version range has at most 64 characters, this one has 202",
        "",
    ),
    (
        {"framework_version": ">=" + "9" * 5000},
        "framework_version",
        f'">={"9" * 58}... (5002 characters)"',
        "a text has at most 256 characters, this one 5002",
        "",
    ),
    (
        {"name_regex": "("},
        "name_regex",
        '"("',
        "this regular expression does not compile: unclosed group at character 1",
        'write "\\(" to find exactly this text',
    ),
]
