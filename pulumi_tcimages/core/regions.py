"""Validate the syntax of region names, and suggest corrections."""

from __future__ import annotations

import re

from pulumi_tcimages.core.suggestions.spelling import closest
from pulumi_tcimages.formatting import quote

REGION = r"^[a-z0-9]+(-[a-z0-9]+)+$"
LONGEST_REGION = 64
REGION_ALLOWED = "lower-case letters and digits in parts joined by hyphens, as in ap-guangzhou"
NOT_A_REGION = "this is not the name of a region"
KNOWN_REGIONS = (
    *("ap-bangkok", "ap-beijing", "ap-beijing-fsi", "ap-chengdu", "ap-chongqing", "ap-guangzhou"),
    *("ap-hongkong", "ap-jakarta", "ap-nanjing", "ap-seoul", "ap-shanghai", "ap-shanghai-adc"),
    *("ap-shanghai-fsi", "ap-shenzhen-fsi", "ap-singapore", "ap-tokyo", "ap-zhongwei"),
    *("eu-frankfurt", "na-ashburn", "na-siliconvalley", "sa-saopaulo"),
)
"""Regions to suggest. Other regions are accepted too, because the API decides which exist."""
_ZONE = re.compile(r"([a-z]+-[a-z]+(?:-[a-z]+)*)-[0-9]{1,2}")


def explain_invalid_region(text: str) -> str:
    """Return the reason why a string is not a region name, or "" if its syntax is valid."""
    if len(text) > LONGEST_REGION or not re.fullmatch(REGION, text):
        return NOT_A_REGION
    return "this is an availability zone, not a region" if _ZONE.fullmatch(text) else ""


def suggest_region(text: str) -> str:
    """Return a suggestion for an invalid region name, or "" if there is none."""
    plain = re.sub(r"[\s_]+", "-", text.strip().lower())
    if zone := _ZONE.fullmatch(plain):
        return f"write {quote(zone[1])}"
    city = plain.rpartition("-")[2]
    cities = [region for region in KNOWN_REGIONS if region.rpartition("-")[2] == city]
    known = plain if plain in KNOWN_REGIONS else closest(plain, KNOWN_REGIONS)
    suggestion = known or (cities[0] if len(cities) == 1 else None)
    return f"did you mean {quote(suggestion)}?" if suggestion and suggestion != text else ""
