"""The environment of the caller of pytest, and the variables that tests may see.

All variables that are not listed here are removed, so that an unexpected one cannot change results.
"""

from __future__ import annotations

import os

ENVIRONMENT: dict[str, str] = dict(os.environ)
"""The caller's variables, which tests/conftest.py passes to the workers of pytest-xdist."""

_ALLOWED = {
    "PATH",
    *("TMPDIR", "TEMP", "TMP"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),  # some Pythons need it to find libpython
    *("SYSTEMROOT", "COMSPEC", "PATHEXT", "LOCALAPPDATA", "APPDATA"),  # Windows needs them
    *("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_TESTRUNUID", "PYTEST_VERSION"),
}
_REPORT_VARIABLES = {
    *("CI", "BUILD_NUMBER", "GITHUB_ACTIONS"),
    *("NO_COLOR", "FORCE_COLOR", "PY_COLORS", "COLORTERM", "TERM", "COLUMNS", "LINES"),
}
_REGISTRY_VARIABLES = {
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"),
    *("PIP_CERT", "PIP_CLIENT_CERT", "PIP_TRUSTED_HOST", "PIP_PROXY", "PIP_CACHE_DIR"),
    *("NPM_CONFIG_REGISTRY", "NPM_CONFIG_CAFILE", "NPM_CONFIG_CACHE", "NPM_CONFIG_PROXY"),
    *("NPM_CONFIG_HTTPS_PROXY", "NODE_EXTRA_CA_CERTS", "HOME", "USERPROFILE"),
}


def get_variable(name: str) -> str:
    """Return the caller's value of a variable such as TCIMAGES_REQUIRE_NODE, or ""."""
    return ENVIRONMENT.get(name, "")


def with_registry_settings() -> dict[str, str]:
    """Return the environment of the tests with the caller's registry settings for pip and npm."""
    network = {
        name: text for name, text in ENVIRONMENT.items() if name.upper() in _REGISTRY_VARIABLES
    }
    return {**os.environ, **network}


def list_foreign_variables(*, report: bool) -> list[str]:
    """Return the variables to remove; `report` includes those that pytest's report uses."""
    allowed = _ALLOWED if report else _ALLOWED | _REPORT_VARIABLES
    return [name for name in os.environ if name.upper() not in allowed]
