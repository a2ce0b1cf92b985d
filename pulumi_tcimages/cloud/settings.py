"""Look up each setting in the configuration, then the environment, then the tccli profile.

- Values are read on demand, so an invalid variable or file affects only lookups that need it.
- A missing value is None. The caller's error lists all places that were searched.
- The region and endpoints of a configured profile take precedence over the environment.
- All fields of a role come from the same source.
- A placeholder, such as the word None, counts as unset, so the next source is used.

API keys are not looked up here, but in `credentials`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pulumi_tcimages.cloud import profiles
from pulumi_tcimages.cloud.setting_sources import (
    CREDENTIALS_FILE,
    DOMAIN,
    IN_PROFILE,
    LAST_VARIABLES,
    MUST_AGREE,
    ROLE,
    VARIABLES,
    WEB_IDENTITY,
)
from pulumi_tcimages.cloud.setting_values import (
    Section,
    Value,
    check_path,
    read_path,
    read_sections,
    read_value,
)
from pulumi_tcimages.cloud.variables import ENVIRONMENT, Variables, annotate
from pulumi_tcimages.core.configuration_keys import Configuration
from pulumi_tcimages.core.placeholders import Placeholder
from pulumi_tcimages.errors import ConfigurationError

USUAL_TIMEOUT_S = 60.0
USUAL_REQUESTS_PER_SECOND = 15
_DEFAULTS: Mapping[str, Any] = {
    "profile": "default",
    "site": "china",
    "protocol": "https",
    "language": "en-US",
    "timeout_seconds": USUAL_TIMEOUT_S,
    "cache_ttl_seconds": 300.0,
    "max_requests_per_second": USUAL_REQUESTS_PER_SECOND,
}
DEFAULT = "the default"
DOMAIN_SOURCE = f"{ENVIRONMENT}{DOMAIN}"
_INI = Path("/etc/tencentcloud/credentials")
_SECTIONS = (ROLE, WEB_IDENTITY)


class Settings:
    """The settings of a client. Variables and files are read on demand."""

    def __init__(
        self, configuration: Configuration, environ: Mapping[str, str], home: Path
    ) -> None:
        self.configuration = configuration
        self.environ = environ
        self.variables = Variables(environ)
        self.home = home
        self._found: dict[str, Value | None] = {}

    def find(self, name: str) -> Value | None:
        """Return the value of a setting, or None.

        Raises: ConfigurationError if a variable or file that must be read is invalid.
        """
        # Cache the values: without the cache, a sixth of a lookup's time would be spent here.
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> Value | None:
        section_name, _, part = name.partition(".")
        if section_name in _SECTIONS:
            section = self.section(section_name)
            return section.values.get(part) if section else None
        return next(self.find_all(name), None)

    def find_all(self, name: str) -> Iterator[Value]:
        """Yield a setting's values from all sources, highest precedence first."""
        section_name, _, part = name.partition(".")
        if section_name in _SECTIONS:
            sections = self.sections(section_name)
            yield from filter(None, (section.values.get(part) for section in sections))
        else:
            yield from filter(None, self._values(name))

    def _values(self, name: str) -> Iterator[Value | None]:
        yield self.configured(name)
        if self._is_profile_configured:
            yield self._from_profile(name)
        yield self.from_environment(name)
        if not self._is_profile_configured:
            yield self._from_profile(name)
        for variable in VARIABLES.get(name, ()):
            if variable in LAST_VARIABLES:
                yield self._read_variable(name, variable)
        if name == "site":
            yield self._find_site_of_addresses()
        if name in _DEFAULTS:
            yield Value(_DEFAULTS[name], DEFAULT)

    def get(self, name: str) -> Any:
        """Return the value of a setting without its source, or None."""
        setting = self.find(name)
        return setting.value if setting else None

    def configured(self, name: str) -> Value | None:
        """Return the value in the user's configuration, or None."""
        value = read_path(self.configuration, name)
        return None if value is None else Value(value, self.configuration.source_of(name))

    def from_environment(self, name: str) -> Value | None:
        """Return the value of the first environment variable that is set for the setting, or None.

        Raises: ConfigurationError if the value is invalid, or if two variables hold different
        tokens.
        """
        values = (self._read_variable(name, variable) for variable in _first_variables(name))
        first = next(filter(None, values), None)
        if first is None or name not in MUST_AGREE:
            return first
        for other in filter(None, values):
            if other.value != first.value:
                raise ConfigurationError(
                    "two variables hold different tokens, and only one belongs to the keys.",
                    source=f"{first.source} and {other.source.removeprefix(ENVIRONMENT)}",
                    fix="unset the one that is out of date.",
                )
        return first

    def section(self, name: str) -> Section | None:
        """Return the settings of a role from the first source that has any of them, or None."""
        return next(self.sections(name), None)

    def sections(self, name: str) -> Iterator[Section]:
        """Yield the settings of a role from each source that has any of them, by precedence."""
        return read_sections(name, self.configuration, self.variables)

    def source_of(self, name: str) -> str:
        """Return the source of a setting's value, or "" if it is unset."""
        setting = self.find(name)
        return setting.source if setting else ""

    def places(self, name: str) -> list[str]:
        """Return the places that are searched for a setting, as text for messages."""
        return [annotate(place, placeholder) for place, placeholder in self.find_places(name)]

    def find_places(self, name: str) -> list[tuple[str, Placeholder | None]]:
        """Return each place that is searched for a setting, and the placeholder found there."""
        variables = VARIABLES.get(name, ())
        places = [
            (f"{ENVIRONMENT}{variable}", self.variables.placeholder(variable))
            for variable in variables
        ]
        last = sum(variable in LAST_VARIABLES for variable in variables)
        if name in IN_PROFILE:
            placeholder = self._profile_settings.placeholders.get(name)
            at = 0 if self._is_profile_configured else len(places) - last
            places.insert(at, (self._profile_source, placeholder))
        return [
            (self.configuration.source_of(name), self.configuration.placeholders.get(name)),
            *places,
        ]

    def needs_profile(self, name: str) -> bool:
        """Return whether a lookup must read the tccli profile for a setting.

        False if a source with higher precedence sets the setting.
        """
        if self.configured(name):
            return False
        texts = map(self.variables.text, _first_variables(name))
        return self._is_profile_configured or not any(texts)

    @property
    def domain(self) -> Value | None:
        """The root domain in TENCENTCLOUD_DOMAIN, or None to use Tencent Cloud's default domain.

        Also None if the configured site overrides the variable.
        """
        site = self.configured("site")
        usual = f"intl.{profiles.ROOT}" if site and site.value == "intl" else profiles.ROOT
        if self.domain_text in ("", usual) or self.is_domain_overruled:
            return None
        return Value(self.domain_text, DOMAIN_SOURCE)

    @property
    def is_domain_overruled(self) -> bool:
        """Whether the configured site overrides the domain in TENCENTCLOUD_DOMAIN."""
        return bool(self.domain_text and not self._agrees_with_site(self.domain_text))

    def _agrees_with_site(self, host: str) -> bool:
        """Return whether a host belongs to the configured site. True if no site is configured."""
        site = self.configured("site")
        is_intl = profiles.is_intl_host(host)
        return not site or (profiles.is_vendor_host(host) and is_intl == (site.value == "intl"))

    @property
    def domain_text(self) -> str:
        """The root domain in TENCENTCLOUD_DOMAIN, even if the configured site overrides it."""
        return self.variables.text(DOMAIN).lower().strip(".")

    @property
    def profile(self) -> str:
        return str(self.get("profile"))

    @property
    def profile_folder(self) -> Path:
        setting = self.find("shared_credentials_dir")
        return self.path(setting.value) if setting else self.tccli_folder

    @property
    def tccli_folder(self) -> Path:
        """The folder to which tccli writes profiles."""
        return self.home / ".tccli"

    @property
    def ini_paths(self) -> list[Path]:
        """The ini files that may contain keys, in search order.

        Raises: ConfigurationError if the variable that names a file has no path.
        """
        if text := self.variables.text(CREDENTIALS_FILE):
            source = f"{ENVIRONMENT}{CREDENTIALS_FILE}"
            return [self.path(check_path(text, source, "the path of an ini file"))]
        return [self.home / ".tencentcloud" / "credentials", _INI]

    def path(self, text: str) -> Path:
        """Convert a string to a path, and replace a leading `~` by the home folder."""
        if text.partition("/")[0] == "~":
            return self.home / text[2:]
        # `expanduser` raises an error for a null character.
        return Path(text if "\0" in text else os.path.expanduser(text))  # noqa: PTH111

    def _find_site_of_addresses(self) -> Value | None:
        """Return the site `intl` if a configured endpoint belongs to it, or None."""
        for service in ("tione", "dlc", "sts"):
            try:
                setting = self.find(f"endpoints.{service}")
            # Ignore an unreadable profile: a lookup that needs it raises the error.
            except ConfigurationError:
                continue
            host = str(setting.value).rpartition("://")[2].partition(":")[0] if setting else ""
            if setting and profiles.is_vendor_host(host) and profiles.is_intl_host(host):
                return Value("intl", setting.source)
        return None

    @cached_property
    def _is_profile_configured(self) -> bool:
        return self.configured("profile") is not None

    def _read_variable(self, name: str, variable: str) -> Value | None:
        text = self.variables.text(variable)
        if not text:
            return None
        source = f"{ENVIRONMENT}{variable}"
        if variable == DOMAIN:
            return Value("intl", source) if profiles.is_intl_host(self.domain_text) else None
        return read_value(name, text, source)

    def _from_profile(self, name: str) -> Value | None:
        text = self._profile_settings.texts.get(name) if name in IN_PROFILE else None
        if not text or self._find_overruling(text):
            return None
        return read_value(name, text, self._profile_source)

    def _find_overruling(self, text: str) -> str:
        """Return the setting that overrides an endpoint in the profile, or "" if none does."""
        host = text.rpartition("://")[2].partition(":")[0]
        if not profiles.is_vendor_host(host):
            return ""
        if not self._agrees_with_site(host):
            return self.configuration.source_of("site")
        return DOMAIN_SOURCE if self.domain and not self._is_profile_configured else ""

    def find_overruled(self) -> Iterator[tuple[str, str]]:
        """Yield each overridden endpoint in the profile, and the setting that overrides it."""
        for name, text in self._profile_settings.texts.items():
            if overruling := self._find_overruling(text):
                yield f"{name} of {self._profile_source}", overruling

    @property
    def _profile_source(self) -> str:
        return f"profile {self.profile_folder / self.profile}.configure"

    @cached_property
    def _profile_settings(self) -> profiles.ProfileSettings:
        return profiles.read_profile_settings(self.profile_folder, self.profile)


def read_settings(
    configuration: Configuration, environ: Mapping[str, str] | None = None, home: Path | None = None
) -> Settings:
    """Create settings. `environ` and `home` default to those of this process."""
    environ = dict(os.environ if environ is None else environ)
    return Settings(configuration, environ, home or _find_home(environ))


def _first_variables(name: str) -> list[str]:
    """Return a setting's variables that have higher precedence than the profile."""
    return [variable for variable in VARIABLES.get(name, ()) if variable not in LAST_VARIABLES]


def _find_home(environ: Mapping[str, str]) -> Path:
    if folder := environ.get("HOME") or environ.get("USERPROFILE"):
        return Path(folder)
    try:
        return Path.home()
    # `Path.home` fails in a container without a user account. The root folder has no settings
    # files.
    except RuntimeError:
        return Path("/")
