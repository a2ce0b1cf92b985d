"""Settings checks of `tcimages doctor`: report the sources of settings, and ignored values.

The report lists every variable and file whose value is in effect. It never shows a secret.
"""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_tcimages.cli.checks import Finding, failed
from pulumi_tcimages.cloud.placeholder_warnings import find_unfilled, missing_region
from pulumi_tcimages.cloud.profiles import is_intl_host
from pulumi_tcimages.cloud.setting_sources import (
    CREDENTIALS_FILE,
    TOKEN,
    VARIABLE_GROUPS,
    VARIABLES,
)
from pulumi_tcimages.cloud.settings import DEFAULT, DOMAIN_SOURCE, Settings
from pulumi_tcimages.core.configuration import field_names
from pulumi_tcimages.core.configuration_keys import SECRETS
from pulumi_tcimages.errors import TcImagesError
from pulumi_tcimages.naming import camel_path

_NOT_USED = "not used"
_KEY_VARIABLES = (*VARIABLES["secret_id"], *VARIABLES["secret_key"])


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Report every non-default setting with its source. Report a missing region."""
    for name in field_names():
        check = f"setting {camel_path(name)}"
        if name == TOKEN and (reason := _describe_idle_token(settings)):
            yield from _check_idle_tokens(settings, reason)
            continue
        try:
            setting = settings.find(name)
        except TcImagesError as error:
            yield failed(check, error)
            continue
        if setting and setting.source != DEFAULT:
            text = "(set)" if name in SECRETS else str(setting.value)
            yield Finding(check, "ok", f"{text}, from {setting.source}")
        elif name == "region":
            yield failed(check, missing_region(settings))
    if settings.variables.text(CREDENTIALS_FILE):
        yield _check_credentials_file(settings)
    yield from _check_placeholders(settings)
    yield from _check_overruled(settings)
    yield from _check_partial_roles(settings)


def _check_credentials_file(settings: Settings) -> Finding:
    try:
        (path,) = settings.ini_paths
    except TcImagesError as error:
        return failed("credentials file", error)
    return Finding("credentials file", "ok", f"{path}, from environment {CREDENTIALS_FILE}")


def _describe_idle_token(settings: Settings) -> str:
    """Return why the tokens in the environment are ignored, or "" if they are used."""
    if settings.configured(TOKEN):
        return ""
    if not any(map(settings.variables.text, _KEY_VARIABLES)):
        return "a token without keys beside it"
    decides = settings.configured("secret_id")
    return f"a token, but {decides.source} decides" if decides else ""


def _check_idle_tokens(settings: Settings, reason: str) -> Iterator[Finding]:
    for variable in VARIABLES[TOKEN]:
        if settings.variables.text(variable):
            yield Finding(_NOT_USED, "note", f"{reason}, from environment {variable}")


def _check_placeholders(settings: Settings) -> Iterator[Finding]:
    """Report placeholders that were not replaced by a value. An empty variable is not reported."""
    for place, placeholder in find_unfilled(settings):
        if not placeholder.is_empty:
            problem, fix = f"{place} {placeholder.holds}", f"{placeholder.fix} {place}"
            yield Finding(_NOT_USED, "note", problem, fix)


def _check_overruled(settings: Settings) -> Iterator[Finding]:
    """Report the values that are not used because another source overrides them."""
    for name in field_names():
        try:
            first, *others = settings.find_all(name)
        # Skip unset settings (ValueError) and errors, which `check_settings` has reported.
        except (TcImagesError, ValueError):
            continue
        for other in others:
            if other.source != DEFAULT and other.value != first.value:
                problem = f"{other.source}: {first.source} decides"
                yield Finding(_NOT_USED, "note", problem)
    try:
        for place, overruling in settings.find_overruled():
            yield Finding(_NOT_USED, "note", f"{place}: {overruling} decides")
    except TcImagesError:  # Ignore an error of the profile, which `check_settings` has reported.
        pass
    # Skip the domain of the international site: it also sets `site`, so it was reported above.
    if settings.is_domain_overruled and not is_intl_host(settings.domain_text):
        problem = f"{DOMAIN_SOURCE}: {settings.source_of('site')} decides"
        yield Finding(_NOT_USED, "note", problem)


def _check_partial_roles(settings: Settings) -> Iterator[Finding]:
    """Report the variables that describe a role, if the variable that names it is missing."""
    variables = settings.variables
    described = [group for group in VARIABLE_GROUPS if variables.is_described(group)]
    used = {name for group in described for name in group.variables.values()}
    for group in filter(variables.is_partial, VARIABLE_GROUPS):
        missing = " or ".join(group.variables[part] for part in group.essential)
        for part in group.dependent:
            if variables.text(name := group.variables[part]) and name not in used:
                yield Finding(_NOT_USED, "note", f"environment {name}: {missing} is not set")
