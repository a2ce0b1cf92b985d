"""The regions where each product is available. The emulator rejects any other region.

For the China site, these are the regions of most of the vendor's products. Ray images are available
in fewer regions. For the international site, the regions come from DLC's API documentation.
"""

from __future__ import annotations

_CHINA = {
    "ap-beijing", "ap-beijing-fsi", "ap-chengdu", "ap-chongqing", "ap-guangzhou", "ap-hongkong",
    "ap-nanjing", "ap-shanghai", "ap-shanghai-adc", "ap-shanghai-fsi", "ap-shenzhen-fsi",
    "ap-zhongwei",
}  # fmt: skip
_INTERNATIONAL = {
    "ap-bangkok", "ap-hongkong", "ap-jakarta", "ap-seoul", "ap-singapore", "ap-tokyo",
    "eu-frankfurt", "na-ashburn", "na-siliconvalley",
}  # fmt: skip

DLC = frozenset(_CHINA | _INTERNATIONAL)
DLC_RAY = frozenset({"ap-beijing", "ap-chongqing", "ap-guangzhou", "ap-shanghai", "ap-singapore"})
TIONE = frozenset(_CHINA)
ALL = frozenset(_CHINA | _INTERNATIONAL | {"sa-saopaulo"})
