"""requests is loaded when something is sent, and without what guesses at encodings."""

from __future__ import annotations

import subprocess
import sys

LOAD = """
import sys
from pulumi_tcimages.cloud.lean_requests import load_requests
load_requests()
assert "requests.adapters" in sys.modules
"""


def run(code: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_a_client_that_is_opened_loads_no_requests() -> None:
    run(
        "import sys, pulumi_tcimages.cloud as cloud\n"
        "cloud.open_client(cloud.Configuration(), environ={}).close()\n"
        "assert 'requests' not in sys.modules\n"
    )


def test_what_guesses_at_encodings_is_left_out_and_can_be_imported_later() -> None:
    run(
        f"{LOAD}"
        "assert not {'chardet', 'charset_normalizer'} & sys.modules.keys()\n"
        "import charset_normalizer\n"
    )


def test_what_is_loaded_already_stays() -> None:
    run(f"import charset_normalizer as ours\n{LOAD}assert sys.modules[ours.__name__] is ours\n")


def test_warnings_are_shown_as_before_once_it_is_loaded() -> None:
    before = "import warnings\nbefore = list(warnings.filters)\n"

    run(f"{before}{LOAD}assert before == warnings.filters\n")
