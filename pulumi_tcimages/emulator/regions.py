"""Where each product is, as far as the emulator knows.

DLC's international regions are on its API page; the lists of the China site are ours, from the
regions that the vendor's products share. A region outside is refused as the cloud refuses it.
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
