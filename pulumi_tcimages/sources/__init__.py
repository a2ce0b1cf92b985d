"""The data sources: one module for each image listing, and the registry `SOURCES`.

To add a data source, write a module that declares one and add it to `SOURCES`. Everything else is
made from the declaration: functions, pins, the schema, the SDK, commands and reference pages.
"""

from __future__ import annotations

from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.sources.built_in_images import BUILT_IN_IMAGES
from pulumi_tcimages.sources.engine_image_versions import ENGINE_IMAGE_VERSIONS
from pulumi_tcimages.sources.platform_images import PLATFORM_IMAGES
from pulumi_tcimages.sources.preset_images import PRESET_IMAGES
from pulumi_tcimages.sources.python_spark_images import PYTHON_SPARK_IMAGES
from pulumi_tcimages.sources.ray_images import RAY_IMAGES
from pulumi_tcimages.sources.session_images import SESSION_IMAGES
from pulumi_tcimages.sources.source import Source

__all__ = ["PLATFORM_IMAGES", "SESSION_IMAGES", "SOURCES", "Source", "source_of"]

SOURCES: tuple[Source, ...] = (
    SESSION_IMAGES,
    PLATFORM_IMAGES,
    PRESET_IMAGES,
    BUILT_IN_IMAGES,
    ENGINE_IMAGE_VERSIONS,
    PYTHON_SPARK_IMAGES,
    RAY_IMAGES,
)


def source_of(query: BaseQuery) -> Source:
    """Return the source of a query."""
    return next(source for source in SOURCES if isinstance(query, source.list_query))
