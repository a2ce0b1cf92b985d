"""The dataclass that declares a data source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_tcimages.core.api import ListAction
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.naming import camel, command_name, pascal_case


@dataclass(eq=False, repr=False)
class Source:
    """The declaration of a data source: an API action that lists images.

    The Pulumi functions, the pin, the command and the SDK's classes are generated from it.
    """

    title: str
    """A plural phrase for messages, such as `platform images of TIONE`."""
    list_query: type[BaseQuery]
    single_query: type[BaseQuery]
    """The query for a single image. It adds arguments such as `latest` to the list query."""
    action: ListAction
    columns: tuple[str, ...]
    """The default columns of the command's table, most important first."""
    examples: tuple[str, ...] = ()
    """Example arguments for the command's help."""
    operand: str = ""
    """The metavar of the command's positional argument, which is the first required one."""
    scope: str = ""
    """The object whose images are listed, such as `the engine`, or "" for all images of a region.
    """
    sites: tuple[str, ...] = ("china", "intl")
    """The sites (China and international) whose API has the action."""
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The documented regions of each site. A request for another region causes a warning."""
    gone_codes: tuple[str, ...] = ("ResourceNotFound",)
    """The API's error codes for an engine or project that no longer exists.

    Codes for a stopped engine are not included, because its images still exist.
    """
    scope_fixes: Mapping[str, str] = field(default_factory=dict)
    """The advice for each API error code about a required argument."""
    is_confidential: bool = False
    """Whether responses contain secrets, so that errors must not quote them."""

    @property
    def name(self) -> str:
        """The singular name in snake_case, such as `platform_image`."""
        return self.list_query.source_name

    @property
    def image(self) -> type[Image]:
        return self.list_query.image

    @property
    def type_name(self) -> str:
        """The name of the image's type, such as `PlatformImage`."""
        return pascal_case(self.name)

    @property
    def single_function(self) -> str:
        """The name of the function for one image, such as `getPlatformImage`."""
        return f"get{self.type_name}"

    @property
    def list_function(self) -> str:
        """The name of the list function, such as `getPlatformImages`."""
        return f"get{self.type_name}s"

    @property
    def pin_name(self) -> str:
        """The name of the pin's type, such as `PlatformImagePin`, or "" for images without ids."""
        return f"{self.type_name}Pin" if self.image.id_field else ""

    @property
    def command(self) -> str:
        """The name of the command, such as `platform-images`."""
        return command_name(self.name)

    @property
    def id_argument(self) -> str:
        """The name of the criterion that selects an image by its id, such as `image_id`."""
        names = self.list_query.criteria_names()
        return next(name for name in names if self.list_query.field_of(name) == self.image.id_field)

    @property
    def import_form(self) -> str:
        """The format of a pin's import id, such as `dataEngineId/frameworkType/sparkImageId`."""
        return "/".join(map(camel, [*self.single_query.required_names(), self.id_argument]))
