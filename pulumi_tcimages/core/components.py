"""The known components of images, such as pytorch and cuda, and their spellings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ALIASES = {
    "torch": "pytorch",
    "tf": "tensorflow",
    "py": "python",
    "cu": "cuda",
    "tiacc": "ti-acc",
    "tfserving": "tensorflow-serving",
    "tf-serving": "tensorflow-serving",
    "sklearn": "scikit-learn",
    "paddlepaddle": "paddle",
}
KNOWN = {
    *ALIASES.values(),
    *("angel-vllm", "cann", "deepspeed", "hy-world", "jax", "lmdeploy", "megatron", "mindspore"),
    *("ray", "rocm", "sglang", "spark", "tensorrt", "tensorrt-llm", "tilearn-llm"),
    *("transformers", "verl", "vllm"),
}
RELEASED_AS_CANDIDATES = {"cann"}
"""Components that publish their stable releases as candidates, such as CANN 8.2.RC1."""
DEVICES = ("cpu", "gpu", "npu")

SPELLINGS = {name: ALIASES.get(name, name) for name in KNOWN | ALIASES.keys()}
"""The canonical name of each known component, by its spellings."""
_SQUEEZED = {name.replace("-", ""): canonical for name, canonical in SPELLINGS.items()}
_LONGEST = 200


def canonical(name: str) -> str:
    """Return the canonical name of a component or framework.

    `Torch` is `pytorch`; `scikit_learn`, `scikit learn` and `scikitlearn` are `scikit-learn`. In
    other names, an underscore is a hyphen: `flash_attn` is `flash-attn`.
    """
    # Do not cache long names, because a malicious server could fill the memory with them.
    return _cached_spelling(name) if len(name) <= _LONGEST else _read_spelling(name)


def _read_spelling(name: str) -> str:
    lower = unicodedata.normalize("NFKC", name).strip().lower()
    return _SQUEEZED.get(re.sub(r"[-_ ]", "", lower), lower.replace("_", "-"))


_cached_spelling = lru_cache(maxsize=1024)(_read_spelling)
